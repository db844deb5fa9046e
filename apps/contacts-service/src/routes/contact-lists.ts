import { contactPageQuery, newContactList, numericId, partialProfile, principalHeaders } from '@kith/contracts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import type { Services } from '../app.ts';
import { toContactList } from '../queries/contact-lists.ts';
import { createContact } from './contacts.ts';
import { create } from './create.ts';

const listParams = z.object({ listId: z.coerce.number().pipe(numericId) });

export const contactListRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { lists, queries } = services;

  app.post(
    '/contact-lists',
    { schema: { headers: principalHeaders, body: newContactList } },
    async (request, reply) => {
      const id = await queries.lists.nextId();
      const workspaceId = request.headers['x-kith-workspace'];
      const command = { type: 'CreateContactList', id, workspaceId, name: request.body.name } as const;
      return create(request, reply, lists, { id, command, body: (list) => toContactList(list, 0) });
    },
  );

  app.get('/contact-lists', { schema: { headers: principalHeaders } }, (request) =>
    queries.lists.all(request.headers['x-kith-workspace']),
  );

  app.get(
    '/contact-lists/:listId/contacts',
    { schema: { headers: principalHeaders, params: listParams, querystring: contactPageQuery } },
    (request) => queries.contacts.pageOfList(request.headers['x-kith-workspace'], request.params.listId, request.query),
  );

  app.post(
    '/contact-lists/:listId/contacts',
    { schema: { headers: principalHeaders, params: listParams, body: partialProfile } },
    async (request, reply) => {
      const workspaceId = request.headers['x-kith-workspace'];
      const { listId } = request.params;
      const { id } = await queries.contacts.beforeCreating(workspaceId, listId);
      const creation = { id, workspaceId, lists: [listId], written: request.body };
      return createContact(request, reply, services, creation);
    },
  );
};
