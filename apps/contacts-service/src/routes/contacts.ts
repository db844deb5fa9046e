import { numericId, type PartialProfile, principalHeaders, type Profile } from '@kith/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import type { Services } from '../app.ts';
import { toE164 } from '../phone.ts';
import { toContact } from '../queries/contacts.ts';
import { create } from './create.ts';

const contactParams = z.object({ id: z.coerce.number().pipe(numericId) });

export const contactRoutes: FastifyPluginAsyncZod<Services> = async (app, { queries, published }) => {
  app.get('/contacts/:id', { schema: { headers: principalHeaders, params: contactParams } }, (request) =>
    queries.contacts.byId(request.headers['x-kith-workspace'], request.params.id),
  );

  // For consumers of the topic that saw a gap: what they missed, as it was published.
  app.get(
    '/contacts/:id/events',
    { schema: { params: contactParams, querystring: z.object({ after: z.coerce.number().int().nonnegative() }) } },
    (request) => published(request.params.id, request.query.after),
  );
};

const EMPTY: Profile = {
  name: null,
  firstName: null,
  lastName: null,
  email: null,
  phone: null,
  company: null,
  jobTitle: null,
  website: null,
  address: null,
  timezone: null,
  dateOfBirth: null,
  gender: null,
  source: null,
  note: null,
};

type Creation = { id: number; workspaceId: string; lists: readonly number[]; written: PartialProfile };

/** Creates the contact under the number drawn for it. What is not written is null. */
export function createContact(
  request: FastifyRequest,
  reply: FastifyReply,
  { contacts }: Services,
  { id, workspaceId, lists, written }: Creation,
) {
  const profile = { ...EMPTY, ...written };
  const phoneE164 = toE164(profile.phone);
  const command = { type: 'CreateContact', id, workspaceId, profile, phoneE164, lists } as const;
  return create(request, reply, contacts, { id, command, body: toContact });
}
