import type { Projection } from '@kith/event-store';

import type { Contact } from '../contact/contact.ts';
import type { ContactList } from '../list/list.ts';

/** Keeps `erasures`: what is owed to who was erased, until every service has confirmed it. */
export const erasures: Projection<Contact> = (changes) => {
  const erased = changes.flatMap(({ id, before, after }) =>
    before.status === 'active' && after.status === 'erased' ? [{ id, workspaceId: before.workspaceId }] : [],
  );
  if (erased.length === 0) return undefined;
  return {
    text: `insert into erasures (contact_id, workspace_id) select * from unnest($1::bigint[], $2::text[])`,
    values: [erased.map(({ id }) => id), erased.map(({ workspaceId }) => workspaceId)],
  };
};

/** Keeps `deleted_lists`: whose contacts are still to be taken out of them. */
export const deletedLists: Projection<ContactList> = (changes) => {
  const deleted = changes.flatMap(({ id, before, after }) =>
    before.status === 'active' && after.status === 'deleted' ? [{ id, workspaceId: before.workspaceId }] : [],
  );
  if (deleted.length === 0) return undefined;
  return {
    text: `insert into deleted_lists (list_id, workspace_id) select * from unnest($1::bigint[], $2::text[])`,
    values: [deleted.map(({ id }) => id), deleted.map(({ workspaceId }) => workspaceId)],
  };
};
