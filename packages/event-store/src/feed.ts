import type { Pool } from 'pg';

import { type Lease, LeaseLost } from './lease.ts';
import type { Keyring } from './sealing.ts';
import { prepared } from './postgres/sql.ts';
import { EVENT_COLUMNS, type EventRow, EVENTS, type StoredEvent, toStoredEvent } from './stored-event.ts';

/**
 * The events after a reader's checkpoint, in commit order. A transaction still running hides what was committed after it began: its own
 * events may come before (docs/decisions.md, "The feed").
 */
export const FEED = `
  select e.transaction::text as transaction, e.position::text as position, ${EVENT_COLUMNS}
    from ${EVENTS}
   where (e.transaction, e.position) > ((select transaction from checkpoints where name = $1), (select position from checkpoints where name = $1))
     and e.transaction < pg_snapshot_xmin(pg_current_snapshot())
   order by e.transaction, e.position
   limit $2`;

/**
 * Hands the next events, in commit order, to `take`, then remembers how far it got; the number handed over. No transaction is held while
 * `take` runs: it would hide everybody's later events. After a crash `take` sees its batch again.
 */
export async function readOn(
  pool: Pool,
  { name, epoch }: Lease,
  {
    take,
    batch = 500,
    keyring,
  }: { take: (events: readonly StoredEvent[]) => Promise<unknown>; batch?: number; keyring?: Keyring | undefined },
): Promise<number> {
  const { rows } = await pool.query<EventRow & { transaction: string; position: string }>(
    prepared({ text: FEED, values: [name, batch] }),
  );
  const last = rows.at(-1);
  if (!last) return 0;

  await take(rows.map((row) => toStoredEvent(row, keyring)));
  const { rowCount } = await pool.query(
    // Not waited for: a checkpoint lost in a crash is a batch that comes again, as after any crash.
    `update checkpoints set transaction = $3::xid8, position = $4
      where name = $1 and epoch = $2 and set_config('synchronous_commit', 'off', true) = 'off'`,
    [name, epoch, last.transaction, last.position],
  );
  if (rowCount === 0) throw new LeaseLost(`Another process leads ${name} now.`);
  return rows.length;
}
