import type { Projection } from '@kith/event-store';
import type { Pool } from 'pg';

import type { ContactState } from '../contact/contact.ts';

/** The services that hold something of contacts. An erasure awaits those of its time. */
export const CONFIRMING_SERVICES: readonly string[] = ['verification-service'];

/** Keeps `erasures`, the ledger: an erased contact stays open in it until every service has confirmed it. */
export const erasures: Projection<ContactState> = (changes) => {
  const erased = changes.flatMap(({ id, before, after }) =>
    before.status === 'active' && after.status === 'erased' ? [{ id, workspaceId: before.workspaceId }] : [],
  );
  if (erased.length === 0) return undefined;
  return {
    text: `insert into erasures (contact_id, workspace_id) select * from unnest($1::bigint[], $2::text[])`,
    values: [erased.map(({ id }) => id), erased.map(({ workspaceId }) => workspaceId)],
  };
};

/** Keeps `erasure_confirmations`: a row for each service that an erasure awaits. */
export const awaitedConfirmations: Projection<ContactState> = (changes) => {
  const erased = changes.flatMap(({ id, before, after }) =>
    before.status === 'active' && after.status === 'erased' ? [id] : [],
  );
  if (erased.length === 0) return undefined;
  return {
    text: `insert into erasure_confirmations (contact_id, service)
           select * from unnest($1::bigint[]) contact_id, unnest($2::text[]) service`,
    values: [erased, CONFIRMING_SERVICES],
  };
};

/**
 * Closes those erasures ($1) that every service has confirmed. It is a statement after the one that records a confirmation, and not a part of
 * it: of two services that confirm at once, the later one then sees both.
 */
export const CLOSE_CONFIRMED = `
  update erasures e
     set services_confirmed_at = (select max(confirmed_at) from erasure_confirmations c where c.contact_id = e.contact_id)
   where contact_id = any($1::bigint[]) and services_confirmed_at is null
     and not exists (select from erasure_confirmations c where c.contact_id = e.contact_id and c.confirmed_at is null)`;

/** Analyzing a million contacts takes 0.1 s where their pages are in memory. */
const ANALYZE_TIMEOUT_MS = 60_000;
const ANALYZE = { text: 'analyze contacts (search)', query_timeout: ANALYZE_TIMEOUT_MS * 1.2 };

/**
 * Finds the erased contacts that may still be in the statistics. It finds none while another replica or a vacuum is at work on the table: an
 * analyze would wait for it, and PostgreSQL cancels an autovacuum that somebody waits for, so that none would finish. It finds none without
 * the privilege either: an analyze would only warn.
 */
const IN_STATISTICS = `
  select contact_id from erasures
   where statistics_cleared_at is null
     and has_table_privilege('contacts', 'maintain')
     and not exists (select from pg_locks
                      where database = (select oid from pg_database where datname = current_database())
                        and relation = 'contacts'::regclass and mode = 'ShareUpdateExclusiveLock')
   limit 10000`;

export const erasureLedger = (pool: Pool) => ({
  /** Records that a service has nothing left of an erased contact. A service that is not awaited changes nothing. */
  async confirm(contactId: number, service: string): Promise<void> {
    await pool.query(
      `update erasure_confirmations set confirmed_at = now()
        where contact_id = $1 and service = $2 and confirmed_at is null`,
      [contactId, service],
    );
    // A crash before this is made good by the message, which comes again.
    await pool.query(CLOSE_CONFIRMED, [[contactId]]);
  },

  /** Makes the planner's statistics anew if a contact was erased since the last time, and says whether it did. A crash repeats it. */
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
});
