import { numericId, principalHeaders } from '@kith/contracts';
import { contactPageQuery, partialProfile } from '@kith/contracts/contacts';
import { onBehalfOf } from '@kith/http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import type { Services } from '../services.ts';
import { createContact } from './create.ts';
import { toContact } from './representation.ts';

const id = z.coerce.number().pipe(numericId);
const listParams = z.object({ listId: id });
const memberParams = z.object({ listId: id, contactId: id });
const headers = principalHeaders;

/** The contacts of a list: its pages, and the routes to join and leave it. */
export const contactsOfListRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { contacts, lists } = services;

  app.get(
    '/contact-lists/:listId/contacts',
    { schema: { headers, params: listParams, querystring: contactPageQuery } },
    (request) =>
      contacts.pageOfList(
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
      const contactId = await contacts.nextIdInList(workspaceId, listId);
      return createContact(request, reply, services, {
        id: contactId,
        workspaceId,
        lists: [listId],
        written: request.body,
      });
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
        const { within, context } = onBehalfOf(request);
        const { listId, contactId } = request.params;
        await lists.byId(within.workspaceId, listId);
        return toContact(await contacts.handle(String(contactId), { type, listId, ...within }, context));
      },
    });
  }
};
