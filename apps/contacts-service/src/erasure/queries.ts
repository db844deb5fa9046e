import type { Pool } from 'pg';

export type ToUnlist = {
  readonly listId: number;
  readonly workspaceId: string;
  readonly contactIds: readonly number[];
};

/** How long after its deletion a contact may still be put in a list by a request that found it there. */
const SETTLED_AFTER = '1 minute';

/** Of a million contacts it takes 0.1 s, where their pages are in memory. */
const ANALYZE_TIMEOUT_MS = 60_000;
const ANALYZE = { text: 'analyze contacts (search)', query_timeout: ANALYZE_TIMEOUT_MS * 1.2 };

/**
 * Who was erased and may be in the statistics; nobody while another replica or a vacuum is at work on the table. An analyze would wait for it,
 * and PostgreSQL ends an autovacuum that somebody waits for: none would come to its end. Nobody without the right: an analyze would only warn.
 */
const IN_STATISTICS = `
  select contact_id from erasures
   where statistics_cleared_at is null
     and has_table_privilege('contacts', 'maintain')
     and not exists (select from pg_locks
                      where database = (select oid from pg_database where datname = current_database())
                        and relation = 'contacts'::regclass and mode = 'ShareUpdateExclusiveLock')
   limit 10000`;

export const erasureQueries = (pool: Pool) => ({
  /** Another service has nothing left of an erased contact. */
  async confirmErasure(contactId: number): Promise<void> {
    await pool.query(
      `update erasures set services_confirmed_at = now() where contact_id = $1 and services_confirmed_at is null`,
      [contactId],
    );
  },

  /** The planner's statistics are made anew, of those who are left. Whether anybody had been erased since they were last. After a crash it is done again. */
  async clearStatistics(): Promise<boolean> {
    const { rows } = await pool.query<{ contact_id: string }>(IN_STATISTICS);
    if (rows.length === 0) return false;
    const client = await pool.connect();
    let broken = true;
    try {
      await client.query(`begin; set local statement_timeout = ${ANALYZE_TIMEOUT_MS}`);
      await client.query(ANALYZE);
      await client.query(
        `update erasures set statistics_cleared_at = clock_timestamp() where contact_id = any($1::bigint[])`,
        [rows.map(({ contact_id }) => contact_id)],
      );
      await client.query('commit');
      broken = false;
      return true;
    } finally {
      client.release(broken);
    }
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
