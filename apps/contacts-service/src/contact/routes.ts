import { numericId, principalHeaders } from '@kith/contracts';
import { contactPageQuery, partialProfile } from '@kith/contracts/contacts';
import { onBehalfOf } from '@kith/http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import type { Services } from '../services.ts';
import { createContact } from './create.ts';
import { toE164 } from './phone.ts';
import { toContact } from './representation.ts';

const contactParams = z.object({ id: z.coerce.number().pipe(numericId) });
const headers = principalHeaders;

export const contactRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { contacts } = services;

  app.get('/contacts', { schema: { headers, querystring: contactPageQuery } }, (request) =>
    contacts.pageOfWorkspace(
      { workspaceId: request.headers['x-kith-workspace'], signal: request.signal },
      request.query,
    ),
  );

  app.post('/contacts', { schema: { headers, body: partialProfile } }, async (request, reply) => {
    const workspaceId = request.headers['x-kith-workspace'];
    const id = await contacts.nextId();
    return createContact(request, reply, services, { id, workspaceId, lists: [], written: request.body });
  });

  app.get('/contacts/:id', { schema: { headers, params: contactParams } }, (request) =>
    contacts.byId(request.headers['x-kith-workspace'], request.params.id),
  );

  app.patch('/contacts/:id', { schema: { headers, params: contactParams, body: partialProfile } }, async (request) => {
    const { within, context } = onBehalfOf(request);
    const changes = request.body;
    const phoneE164 = toE164(changes.phone ?? null);
    const command = { type: 'ChangeContact', changes, phoneE164, ...within } as const;
    return toContact(await contacts.handle(String(request.params.id), command, context));
  });

  app.delete('/contacts/:id', { schema: { headers, params: contactParams } }, async (request, reply) => {
    const { within, context } = onBehalfOf(request);
    await contacts.handle(String(request.params.id), { type: 'EraseContact', ...within }, context);
    return reply.code(204).send();
  });

  // Consumers of the topic that see a gap fetch the missing events here, as they were published, a page at a time.
  app.get(
    '/contacts/:id/events',
    { schema: { params: contactParams, querystring: z.object({ after: z.coerce.number().int().nonnegative() }) } },
    (request) => contacts.published(request.params.id, request.query.after),
  );
};
