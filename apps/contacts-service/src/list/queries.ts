import { numericId, type Page, type PageQuery, Problem } from '@kith/contracts';
import type { ContactList } from '@kith/contracts/contacts';
import { type Collection, pageOf } from '@kith/event-store';
import type { Pool } from 'pg';
import { z } from 'zod';

import { toContactList } from './representation.ts';
import { contactListOf, type ContactListRow } from './row.ts';

type CountedRow = ContactListRow & { readonly total: number };

const COUNTED = `l.*, coalesce((select sum(contacts) from contact_counts where scope = 'list-' || l.id), 0)::int as total`;

const listsOfWorkspace = (workspaceId: string): Collection<CountedRow> => ({
  columns: COUNTED,
  from: 'contact_lists l',
  where: 'l.workspace_id = $1',
  values: [workspaceId],
  orderedBy: ['l.id'],
  order: 'asc',
  positionOf: ({ id }) => [Number(id)],
  position: z.tuple([numericId]),
});

const shown = ({ total, ...row }: CountedRow): ContactList => toContactList(contactListOf(row), total);

export const contactListQueries = (pool: Pool) => ({
  /** Draws the number of a list that is about to be created, and counts the lists there are already. */
  async beforeCreating(workspaceId: string): Promise<{ id: number; others: number }> {
    const { rows } = await pool.query<{ id: string; others: number }>({
      name: 'before-creating-list',
      text: `select nextval('list_ids') as id,
                    (select count(*)::int from contact_lists where workspace_id = $1) as others`,
      values: [workspaceId],
    });
    return { id: Number(rows[0]?.id), others: rows[0]?.others ?? 0 };
  },

  async all(workspaceId: string): Promise<ContactList[]> {
    const { rows } = await pool.query<CountedRow>({
      name: 'all-lists',
      text: `select ${COUNTED} from contact_lists l where l.workspace_id = $1 order by l.id`,
      values: [workspaceId],
    });
    return rows.map(shown);
  },

  async page(workspaceId: string, query: PageQuery): Promise<Page<ContactList>> {
    const page = await pageOf(pool, listsOfWorkspace(workspaceId), query);
    return { ...page, items: page.items.map(shown) };
  },

  async byId(workspaceId: string, id: number): Promise<ContactList> {
    const { rows } = await pool.query<CountedRow>({
      name: 'list-by-id',
      text: `select ${COUNTED} from contact_lists l where l.id = $1 and l.workspace_id = $2`,
      values: [id, workspaceId],
    });
    if (!rows[0]) throw new Problem('not-found', 'No such contact list.');
    return shown(rows[0]);
  },
});
