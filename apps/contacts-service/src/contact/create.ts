import { emptyProfile, type PartialProfile } from '@kith/contracts/contacts';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { create } from '../create.ts';
import type { Services } from '../services.ts';
import { toE164 } from './phone.ts';
import { toContact } from './representation.ts';

type NewContact = { id: number; workspaceId: string; lists: readonly number[]; written: PartialProfile };

/** Creates a contact under the number drawn for it. A field that is not written is null. */
export function createContact(
  request: FastifyRequest,
  reply: FastifyReply,
  { contacts }: Services,
  { id, workspaceId, lists, written }: NewContact,
) {
  const profile = { ...emptyProfile, ...written };
  const phoneE164 = toE164(profile.phone);
  const command = { type: 'CreateContact', id, workspaceId, profile, phoneE164, lists } as const;
  return create(request, reply, contacts, { id, command, body: toContact });
}
