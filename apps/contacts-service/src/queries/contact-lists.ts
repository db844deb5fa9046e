import type { ContactList } from '@kith/contracts';
import type { Pool } from 'pg';

import type { ContactList as ContactListState } from '../domain/contact-list.ts';
import { contactListOf, type ContactListRow } from '../projections/contact-list-row.ts';

/** A list as the services behind the gateway speak of it. */
export function toContactList(state: ContactListState, contactsCount: number): ContactList {
  if (state.status === 'absent') throw new Error('There is no list to show.');
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

export const contactListQueries = (pool: Pool) => ({
  async nextId(): Promise<number> {
    const { rows } = await pool.query<{ id: string }>(`select nextval('list_ids') as id`);
    return Number(rows[0]?.id);
  },

  async all(workspaceId: string): Promise<ContactList[]> {
    const { rows } = await pool.query<ContactListRow & { total: number }>({
      name: 'all-lists',
      text: `select l.*, coalesce((select sum(contacts) from list_counts where list_id = l.id), 0)::int as total
               from contact_lists l where l.workspace_id = $1 order by l.id`,
      values: [workspaceId],
    });
    return rows.map(({ total, ...row }) => toContactList(contactListOf(row), total));
  },
});
