import { tellAgain } from '@kith/event-store';
import type { Pool } from 'pg';

import { FIND, SETTLE } from './sql.ts';

/** A published event without an answer. */
export type Unanswered = {
  readonly contactId: number;
  readonly version: number;
  /** True where the confirmation of an erasure is missing, false where a verdict is. */
  readonly erasure: boolean;
};

/** The name of the checkpoint: this reader follows the feed behind time, at the events that should be answered by now. */
const READER = 'unanswered';
const EVENTS_AT_ONCE = 5_000;
const TOLD_AT_ONCE = 1_000;
const A_DAY_S = 86_400;

export const unansweredQueries = (pool: Pool, relay: string) => ({
  /** Reads the next events that are older than this, keeps those without an answer, and says whether there may be more. */
  async find(overdueMs: number): Promise<boolean> {
    await pool.query(`insert into checkpoints (name) values ($1) on conflict do nothing`, [READER]);
    const { rows } = await pool.query<{ passed: number }>(FIND, [READER, overdueMs, EVENTS_AT_ONCE]);
    return rows[0]?.passed === EVENTS_AT_ONCE;
  },

  /** Forgets the events that are answered by now, and those that need no answer any more. */
  async forgetAnswered(): Promise<void> {
    await pool.query(SETTLE);
  },

  /** Has the due events published again, and answers them. The pause starts with this and doubles each time, up to a day. */
  async tellAgain(overdueMs: number): Promise<Unanswered[]> {
    const { rows } = await pool.query<{ contactId: string; stream: string; version: number; erasure: boolean }>(
      `select contact_id as "contactId", 'contact-' || contact_id as stream, version, erasure
         from unanswered where due_at <= now() order by due_at limit ${TOLD_AT_ONCE}`,
    );
    if (rows.length === 0) return [];
    await tellAgain(pool, relay, rows);
    // A crash before this line publishes them once more.
    await pool.query(
      `update unanswered u
          set told_again = told_again + 1,
              due_at = now() + least($3 / 1000.0 * 2 ^ least(told_again, 20), ${A_DAY_S}) * interval '1 second'
         from unnest($1::bigint[], $2::int[]) as published (contact_id, version)
        where (u.contact_id, u.version) = (published.contact_id, published.version)`,
      [rows.map(({ contactId }) => contactId), rows.map(({ version }) => version), overdueMs],
    );
    return rows.map(({ contactId, version, erasure }) => ({ contactId: Number(contactId), version, erasure }));
  },

  /** The number of erasures that lack a confirmation for this long, and the age of the oldest. */
  async overdueErasures(overdueMs: number): Promise<{ count: number; oldestSeconds: number }> {
    const { rows } = await pool.query<{ count: number; oldestSeconds: number }>(
      `select count(*)::int as count, coalesce(extract(epoch from now() - min(erased_at)), 0)::float8 as "oldestSeconds"
         from erasures where confirmed_at is null and erased_at < now() - $1 * interval '1 millisecond'`,
      [overdueMs],
    );
    return rows[0] ?? { count: 0, oldestSeconds: 0 };
  },

  /** The number of values without a verdict at the last look. */
  async overdueValues(): Promise<number> {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int as count from unanswered where not erasure`,
    );
    return rows[0]?.count ?? 0;
  },
});
