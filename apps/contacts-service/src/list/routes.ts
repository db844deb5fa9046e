import { numericId, pageQuery, principalHeaders } from '@kith/contracts';
import { newContactList } from '@kith/contracts/contacts';
import { onBehalfOf } from '@kith/http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import type { Services } from '../services.ts';
import { toContactList } from './representation.ts';
import { create } from '../create.ts';

const id = z.coerce.number().pipe(numericId);
const listParams = z.object({ listId: id });
const headers = principalHeaders;

export const contactListRoutes: FastifyPluginAsyncZod<Services> = async (app, { lists, onListDeleted }) => {
  app.post('/contact-lists', { schema: { headers, body: newContactList } }, async (request, reply) => {
    const workspaceId = request.headers['x-kith-workspace'];
    const { id, others } = await lists.beforeCreating(workspaceId);
    const command = { type: 'CreateContactList', id, workspaceId, name: request.body.name, others } as const;
    return create(request, reply, lists, { id, command, body: (list) => toContactList(list, 0) });
  });

  app.get('/contact-lists', { schema: { headers, querystring: pageQuery } }, (request) =>
    lists.page(request.headers['x-kith-workspace'], request.query),
  );

  app.get('/contact-lists/all', { schema: { headers } }, (request) => lists.all(request.headers['x-kith-workspace']));

  app.get('/contact-lists/:listId', { schema: { headers, params: listParams } }, (request) =>
    lists.byId(request.headers['x-kith-workspace'], request.params.listId),
  );

  app.patch(
    '/contact-lists/:listId',
    { schema: { headers, params: listParams, body: newContactList.partial() } },
    async (request) => {
      const { within, context } = onBehalfOf(request);
      const { listId } = request.params;
      const { name } = request.body;
      const { contactsCount } = await lists.byId(within.workspaceId, listId);
      const command = { type: 'RenameContactList', name, ...within } as const;
      return toContactList(await lists.handle(String(listId), command, context), contactsCount);
    },
  );

  app.delete('/contact-lists/:listId', { schema: { headers, params: listParams } }, async (request, reply) => {
    const { within, context } = onBehalfOf(request);
    await lists.handle(String(request.params.listId), { type: 'DeleteContactList', ...within }, context);
    onListDeleted();
    return reply.code(204).send();
  });
};
