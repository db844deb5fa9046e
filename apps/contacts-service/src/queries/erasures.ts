import type { Pool } from 'pg';

export type ToUnlist = {
  readonly listId: number;
  readonly workspaceId: string;
  readonly contactIds: readonly number[];
};

/** How long after its deletion a contact may still be put in a list by a request that found it there. */
const SETTLED_AFTER = '1 minute';

export const erasureQueries = (pool: Pool) => ({
  /** Another service has nothing left of an erased contact. */
  async confirmErasure(contactId: number): Promise<void> {
    await pool.query(`update erasures set confirmed_at = now() where contact_id = $1 and confirmed_at is null`, [
      contactId,
    ]);
  },

  /** Some of the contacts of a list that was deleted; undefined where none is left of any. */
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

  /** Forgets deleted lists that are empty for good. */
  async forgetEmptyLists(): Promise<void> {
    await pool.query(
      `delete from deleted_lists d
        where deleted_at < now() - interval '${SETTLED_AFTER}'
          and not exists (select from list_members where list_id = d.list_id)`,
    );
  },
});
