import { numericId, principalHeaders } from '@kith/contracts';
import { contactPageQuery, emptyProfile, partialProfile, type PartialProfile } from '@kith/contracts/contacts';
import { originOf } from '@kith/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import type { Services } from '../services.ts';
import { toE164 } from './phone.ts';
import { toContact } from './queries.ts';
import { create } from '../http/create.ts';
import { ifVersionsOf } from '../http/if-match.ts';

const contactParams = z.object({ id: z.coerce.number().pipe(numericId) });
const headers = principalHeaders;

export const contactRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { contacts, queries, published } = services;

  app.get('/contacts', { schema: { headers, querystring: contactPageQuery } }, (request) =>
    queries.contacts.pageOfWorkspace(
      { workspaceId: request.headers['x-kith-workspace'], signal: request.signal },
      request.query,
    ),
  );

  app.post('/contacts', { schema: { headers, body: partialProfile } }, async (request, reply) => {
    const workspaceId = request.headers['x-kith-workspace'];
    const id = await queries.contacts.nextId();
    return createContact(request, reply, services, { id, workspaceId, lists: [], written: request.body });
  });

  app.get('/contacts/:id', { schema: { headers, params: contactParams } }, (request) =>
    queries.contacts.byId(request.headers['x-kith-workspace'], request.params.id),
  );

  app.patch('/contacts/:id', { schema: { headers, params: contactParams, body: partialProfile } }, async (request) => {
    const workspaceId = request.headers['x-kith-workspace'];
    const changes = request.body;
    const command = {
      type: 'ChangeContact',
      workspaceId,
      changes,
      phoneE164: toE164(changes.phone ?? null),
      ifVersions: ifVersionsOf(request),
    } as const;
    return toContact(await contacts.handle(String(request.params.id), command, { meta: originOf(request) }));
  });

  app.delete('/contacts/:id', { schema: { headers, params: contactParams } }, async (request, reply) => {
    const workspaceId = request.headers['x-kith-workspace'];
    const command = { type: 'EraseContact', workspaceId, ifVersions: ifVersionsOf(request) } as const;
    await contacts.handle(String(request.params.id), command, { meta: originOf(request) });
    return reply.code(204).send();
  });

  // For consumers of the topic that saw a gap: what they missed, as it was published. A page at a time: whoever still misses some asks again.
  app.get(
    '/contacts/:id/events',
    { schema: { params: contactParams, querystring: z.object({ after: z.coerce.number().int().nonnegative() }) } },
    (request) => published(request.params.id, request.query.after),
  );
};

type Creation = { id: number; workspaceId: string; lists: readonly number[]; written: PartialProfile };

/** Creates the contact under the number drawn for it. What is not written is null. */
export function createContact(
  request: FastifyRequest,
  reply: FastifyReply,
  { contacts }: Services,
  { id, workspaceId, lists, written }: Creation,
) {
  const profile = { ...emptyProfile, ...written };
  const phoneE164 = toE164(profile.phone);
  const command = { type: 'CreateContact', id, workspaceId, profile, phoneE164, lists } as const;
  return create(request, reply, contacts, { id, command, body: toContact });
}
