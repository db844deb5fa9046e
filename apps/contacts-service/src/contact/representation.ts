import type { Contact } from '@kith/contracts/contacts';

import type { ContactState } from './contact.ts';

/** A contact as the internal HTTP API shows it. */
export function toContact(state: ContactState): Contact {
  if (state.status !== 'active') throw new Error('Only an active contact can be shown.');
  const { id, workspaceId, profile, checks, phoneE164, lists, createdAt, updatedAt, version } = state;
  return {
    id,
    workspaceId,
    ...profile,
    emailStatus: checks.email?.status ?? null,
    phoneE164,
    phoneStatus: checks.phone?.status ?? null,
    lists: [...lists],
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    version,
  };
}
