import { type Contact, type ContactPageQuery, type Page, Problem } from '@kith/contracts';
import type { Pool } from 'pg';

import type { Contact as ContactState } from '../domain/contact.ts';
import { contactOf, type ContactRow } from '../projections/contact-row.ts';

/** A contact as the services behind the gateway speak of it. */
export function toContact(state: ContactState): Contact {
  if (state.status === 'absent') throw new Error('There is no contact to show.');
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

/** Two plans a sort at most: the words come from our own enum, so the texts are few and each is planned once. */
export const pageStatement = (sort: ContactPageQuery['sort'], order: ContactPageQuery['order']) => `
  select c.*
    from (select contact_id, ${sort} from list_members
           where list_id = $1
           order by ${sort} ${order}, contact_id ${order}
           limit $2 offset $3) m
    join contacts c on c.id = m.contact_id
   order by m.${sort} ${order}, m.contact_id ${order}`;

export const contactQueries = (pool: Pool) => ({
  async byId(workspaceId: string, id: number): Promise<Contact> {
    const { rows } = await pool.query<ContactRow>({
      name: 'contact-by-id',
      text: `select * from contacts where id = $1 and workspace_id = $2`,
      values: [id, workspaceId],
    });
    if (!rows[0]) throw new Problem('not-found', 'No such contact.');
    return toContact(contactOf(rows[0]));
  },

  /** What has to be known before one is created in a list: its number, and whether the list is there. */
  async beforeCreating(workspaceId: string, listId: number): Promise<{ id: number }> {
    const { rows } = await pool.query<{ id: string; listed: boolean }>({
      name: 'before-creating-contact',
      text: `select nextval('contact_ids') as id,
                    exists (select from contact_lists where id = $1 and workspace_id = $2) as listed`,
      values: [listId, workspaceId],
    });
    if (!rows[0]?.listed) throw new Problem('not-found', 'No such contact list.');
    return { id: Number(rows[0].id) };
  },

  async pageOfList(
    workspaceId: string,
    listId: number,
    { sort, order, page, perPage }: ContactPageQuery,
  ): Promise<Page<Contact>> {
    const counted = await pool.query<{ total: number }>({
      name: 'list-total',
      text: `select coalesce((select sum(contacts) from list_counts where list_id = l.id), 0)::int as total
               from contact_lists l where l.id = $1 and l.workspace_id = $2`,
      values: [listId, workspaceId],
    });
    const total = counted.rows[0]?.total;
    if (total === undefined) throw new Problem('not-found', 'No such contact list.');

    const { rows } = await pool.query<ContactRow>({
      name: `contacts-of-list-by-${sort}-${order}`,
      text: pageStatement(sort, order),
      values: [listId, perPage, (page - 1) * perPage],
    });
    return { items: rows.map((row) => toContact(contactOf(row))), total };
  },
});
