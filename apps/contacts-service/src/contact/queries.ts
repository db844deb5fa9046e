import { Problem } from '@kith/contracts';
import type { Contact, ContactPage, ContactPageQuery } from '@kith/contracts/contacts';
import type { Pool } from 'pg';

import { contactOf, type ContactRow } from './row.ts';
import { SEARCH_COUNTS_UP_TO } from './search/sql.ts';
import { type Asker, type Collection, contactRows } from './search/page.ts';
import { cursorOf, readCursor } from './search/cursor.ts';
import { searchesIn } from './search/turns.ts';
import { toContact } from './representation.ts';

export const contactQueries = (pool: Pool, searchPool: Pool) => {
  const pools = { pool, searches: searchesIn(searchPool) };

  async function page(asker: Asker, collection: Collection, query: ContactPageQuery): Promise<ContactPage> {
    const { search, sort, order, perPage } = query;
    const { rows, total } = await contactRows(pools, asker, collection, query, readCursor(query.cursor, sort, order));
    const shown = rows.slice(0, perPage);
    const last = rows.length > perPage ? shown.at(-1) : undefined;
    const moreThanTotal = search !== undefined && total > SEARCH_COUNTS_UP_TO;
    return {
      items: shown.map((row) => toContact(contactOf(row))),
      total: moreThanTotal ? SEARCH_COUNTS_UP_TO : total,
      moreThanTotal,
      nextCursor: last
        ? cursorOf({
            sort,
            order,
            value: sort === 'created_at' ? last.created_at.toISOString() : last.$key,
            id: Number(last.id),
          })
        : null,
    };
  }

  return {
    async byId(workspaceId: string, id: number): Promise<Contact> {
      const { rows } = await pool.query<ContactRow>({
        name: 'contact-by-id',
        text: `select * from contacts where id = $1 and workspace_id = $2`,
        values: [id, workspaceId],
      });
      if (!rows[0]) throw new Problem('not-found', 'No such contact.');
      return toContact(contactOf(rows[0]));
    },

    /** Draws the number of a contact that is about to be created. */
    async nextId(): Promise<number> {
      const { rows } = await pool.query<{ id: string }>(`select nextval('contact_ids') as id`);
      return Number(rows[0]?.id);
    },

    /** Draws the number of a contact that is about to be created in a list, and refuses where that does not exist. */
    async nextIdInList(workspaceId: string, listId: number): Promise<number> {
      const { rows } = await pool.query<{ id: string; listed: boolean }>({
        name: 'before-creating-contact',
        text: `select nextval('contact_ids') as id,
                      exists (select from contact_lists where id = $1 and workspace_id = $2) as listed`,
        values: [listId, workspaceId],
      });
      if (!rows[0]?.listed) throw new Problem('not-found', 'No such contact list.');
      return Number(rows[0].id);
    },

    async pageOfWorkspace(asker: Asker, query: ContactPageQuery): Promise<ContactPage> {
      const { workspaceId } = asker;
      const { rows } = await pool.query<{ total: number }>({
        name: 'workspace-total',
        text: `select coalesce(sum(contacts), 0)::int as total from contact_counts where scope = $1`,
        values: [workspaceId],
      });
      return page(asker, { source: 'workspace', of: workspaceId, total: rows[0]?.total ?? 0 }, query);
    },

    async pageOfList(asker: Asker, listId: number, query: ContactPageQuery): Promise<ContactPage> {
      const { workspaceId } = asker;
      const { rows } = await pool.query<{ total: number }>({
        name: 'list-total',
        text: `select coalesce((select sum(contacts) from contact_counts where scope = 'list-' || l.id), 0)::int as total
                 from contact_lists l where l.id = $1 and l.workspace_id = $2`,
        values: [listId, workspaceId],
      });
      if (!rows[0]) throw new Problem('not-found', 'No such contact list.');
      return page(asker, { source: 'list', of: listId, total: rows[0].total }, query);
    },
  };
};
