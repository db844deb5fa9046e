import type { ContactList } from '@kith/contracts/contacts';

import type { ContactListState } from './list.ts';

/** A list as the internal HTTP API shows it. */
export function toContactList(state: ContactListState, contactsCount: number): ContactList {
  if (state.status !== 'active') throw new Error('Only an active list can be shown.');
  const { id, workspaceId, name, createdAt, updatedAt, version } = state;
  return {
    id,
    workspaceId,
    name,
    contactsCount,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    version,
  };
}
