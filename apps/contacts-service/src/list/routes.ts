import { numericId, pageQuery, principalHeaders } from '@kith/contracts';
import { contactPageQuery, newContactList, partialProfile } from '@kith/contracts/contacts';
import { originOf } from '@kith/http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import type { Services } from '../services.ts';
import { toContactList } from './queries.ts';
import { toContact } from '../contact/queries.ts';
import { createContact } from '../contact/routes.ts';
import { create } from '../http/create.ts';
import { ifVersionsOf } from '../http/if-match.ts';

const id = z.coerce.number().pipe(numericId);
const listParams = z.object({ listId: id });
const memberParams = z.object({ listId: id, contactId: id });
const headers = principalHeaders;

export const contactListRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { lists, contacts, queries, unlist } = services;

  app.post('/contact-lists', { schema: { headers, body: newContactList } }, async (request, reply) => {
    const workspaceId = request.headers['x-kith-workspace'];
    const { id, others } = await queries.lists.beforeCreating(workspaceId);
    const command = { type: 'CreateContactList', id, workspaceId, name: request.body.name, others } as const;
    return create(request, reply, lists, { id, command, body: (list) => toContactList(list, 0) });
  });

  app.get('/contact-lists', { schema: { headers, querystring: pageQuery } }, (request) =>
    queries.lists.page(request.headers['x-kith-workspace'], request.query),
  );

  app.get('/contact-lists/all', { schema: { headers } }, (request) =>
    queries.lists.all(request.headers['x-kith-workspace']),
  );

  app.get('/contact-lists/:listId', { schema: { headers, params: listParams } }, (request) =>
    queries.lists.byId(request.headers['x-kith-workspace'], request.params.listId),
  );

  app.patch(
    '/contact-lists/:listId',
    { schema: { headers, params: listParams, body: newContactList.partial() } },
    async (request) => {
      const workspaceId = request.headers['x-kith-workspace'];
      const { listId } = request.params;
      const { name } = request.body;
      const known = await queries.lists.byId(workspaceId, listId);
      const renamed = await lists.handle(
        String(listId),
        { type: 'RenameContactList', workspaceId, name, ifVersions: ifVersionsOf(request) },
        { meta: originOf(request) },
      );
      return toContactList(renamed, known.contactsCount);
    },
  );

  app.delete('/contact-lists/:listId', { schema: { headers, params: listParams } }, async (request, reply) => {
    const workspaceId = request.headers['x-kith-workspace'];
    await lists.handle(
      String(request.params.listId),
      { type: 'DeleteContactList', workspaceId, ifVersions: ifVersionsOf(request) },
      { meta: originOf(request) },
    );
    unlist();
    return reply.code(204).send();
  });

  app.get(
    '/contact-lists/:listId/contacts',
    { schema: { headers, params: listParams, querystring: contactPageQuery } },
    (request) =>
      queries.contacts.pageOfList(
        { workspaceId: request.headers['x-kith-workspace'], signal: request.signal },
        request.params.listId,
        request.query,
      ),
  );

  app.post(
    '/contact-lists/:listId/contacts',
    { schema: { headers, params: listParams, body: partialProfile } },
    async (request, reply) => {
      const workspaceId = request.headers['x-kith-workspace'];
      const { listId } = request.params;
      const contactId = await queries.contacts.nextIdInList(workspaceId, listId);
      const creation = { id: contactId, workspaceId, lists: [listId], written: request.body };
      return createContact(request, reply, services, creation);
    },
  );

  for (const [method, type] of [
    ['PUT', 'PutInList'],
    ['DELETE', 'TakeFromList'],
  ] as const) {
    app.route({
      method,
      url: '/contact-lists/:listId/contacts/:contactId',
      schema: { headers, params: memberParams },
      handler: async (request) => {
        const workspaceId = request.headers['x-kith-workspace'];
        const { listId, contactId } = request.params;
        await queries.lists.byId(workspaceId, listId);
        const command = { type, workspaceId, listId, ifVersions: ifVersionsOf(request) } as const;
        return toContact(await contacts.handle(String(contactId), command, { meta: originOf(request) }));
      },
    });
  }
};
