import { tellAgain } from '@kith/event-store';
import type { Pool } from 'pg';

import { FIND, SETTLE } from './sql.ts';

/** An event that was told, and to which an answer is missing. */
export type Unanswered = {
  readonly contactId: number;
  readonly version: number;
  /** Its confirmation is missing; otherwise the verdict on a value. */
  readonly erasure: boolean;
};

/** The reader of the feed that looks, behind time, at what should be answered by now. */
const READER = 'unanswered';
const EVENTS_AT_ONCE = 5_000;
const TOLD_AT_ONCE = 1_000;
const A_DAY_S = 86_400;

export const unansweredQueries = (pool: Pool, relay: string) => ({
  /** Looks at the next events that are older than this, and keeps those to which an answer is missing. Whether there may be more of them. */
  async find(overdueMs: number): Promise<boolean> {
    await pool.query(`insert into checkpoints (name) values ($1) on conflict do nothing`, [READER]);
    const { rows } = await pool.query<{ passed: number }>(FIND, [READER, overdueMs, EVENTS_AT_ONCE]);
    return rows[0]?.passed === EVENTS_AT_ONCE;
  },

  /** Forgets what is answered by now, and what nobody waits for any more. */
  async forgetAnswered(): Promise<void> {
    await pool.query(SETTLE);
  },

  /** Has those that are due told again: which. Each is due again after this long, twice as long each time, a day at most. */
  async tellAgain(overdueMs: number): Promise<Unanswered[]> {
    const { rows } = await pool.query<{ contactId: string; stream: string; version: number; erasure: boolean }>(
      `select contact_id as "contactId", 'contact-' || contact_id as stream, version, erasure
         from unanswered where due_at <= now() order by due_at limit ${TOLD_AT_ONCE}`,
    );
    if (rows.length === 0) return [];
    await tellAgain(pool, relay, rows);
    // A crash before this tells them again once more.
    await pool.query(
      `update unanswered u
          set told_again = told_again + 1,
              due_at = now() + least($3 / 1000.0 * 2 ^ least(told_again, 20), ${A_DAY_S}) * interval '1 second'
         from unnest($1::bigint[], $2::int[]) as told (contact_id, version)
        where (u.contact_id, u.version) = (told.contact_id, told.version)`,
      [rows.map(({ contactId }) => contactId), rows.map(({ version }) => version), overdueMs],
    );
    return rows.map(({ contactId, version, erasure }) => ({ contactId: Number(contactId), version, erasure }));
  },

  /** Erasures without all their confirmations for so long, and the age of the oldest. */
  async overdueErasures(overdueMs: number): Promise<{ count: number; oldestSeconds: number }> {
    const { rows } = await pool.query<{ count: number; oldestSeconds: number }>(
      `select count(*)::int as count, coalesce(extract(epoch from now() - min(erased_at)), 0)::float8 as "oldestSeconds"
         from erasures where confirmed_at is null and erased_at < now() - $1 * interval '1 millisecond'`,
      [overdueMs],
    );
    return rows[0] ?? { count: 0, oldestSeconds: 0 };
  },

  /** Values without a verdict, as of when they were last looked at. */
  async overdueValues(): Promise<number> {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int as count from unanswered where not erasure`,
    );
    return rows[0]?.count ?? 0;
  },
});
