import type { Projection } from '@kith/event-store';
import type { Pool } from 'pg';

import type { ContactListState } from './list.ts';

/** Keeps `deleted_lists`: the deleted lists that still have contacts to be taken out. */
export const deletedLists: Projection<ContactListState> = (changes) => {
  const deleted = changes.flatMap(({ id, before, after }) =>
    before.status === 'active' && after.status === 'deleted' ? [{ id, workspaceId: before.workspaceId }] : [],
  );
  if (deleted.length === 0) return undefined;
  return {
    text: `insert into deleted_lists (list_id, workspace_id) select * from unnest($1::bigint[], $2::text[])`,
    values: [deleted.map(({ id }) => id), deleted.map(({ workspaceId }) => workspaceId)],
  };
};

export type ToUnlist = {
  readonly listId: number;
  readonly workspaceId: string;
  readonly contactIds: readonly number[];
};

/** A request that found the list before its deletion may still put a contact in it for this long. */
const SETTLED_AFTER = '1 minute';

export const unlistQueries = (pool: Pool) => ({
  /** Answers some contacts of one deleted list, or undefined where no deleted list has any left. */
  async toUnlist(limit: number): Promise<ToUnlist | undefined> {
    const { rows } = await pool.query<{ listId: string; workspaceId: string; contactIds: string[] }>(
      `select d.list_id as "listId", d.workspace_id as "workspaceId", m.ids as "contactIds"
         from deleted_lists d,
              lateral (select array_agg(contact_id) as ids
                         from (select contact_id from list_members where list_id = d.list_id limit $1) member) m
        where m.ids is not null
        limit 1`,
      [limit],
    );
    const [row] = rows;
    if (!row) return undefined;
    return { listId: Number(row.listId), workspaceId: row.workspaceId, contactIds: row.contactIds.map(Number) };
  },

  /** Forgets the deleted lists that are empty and stay so. */
  async forgetEmptyLists(): Promise<void> {
    await pool.query(
      `delete from deleted_lists d
        where deleted_at < now() - interval '${SETTLED_AFTER}'
          and not exists (select from list_members where list_id = d.list_id)`,
    );
  },
});
