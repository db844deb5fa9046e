import type { Pool } from 'pg';

import type { Keyring } from './sealing.ts';
import { EVENT_COLUMNS, type EventRow, EVENTS, type StoredEvent, toStoredEvent } from './stored-event.ts';

type Place = { readonly stream: string; readonly version: number };

/**
 * Has a relay tell events once more, for readers that have lost them: copies, behind all that is told by then. What is not told yet is left
 * alone: it will be.
 */
export async function tellAgain(pool: Pool, relay: string, events: readonly Place[]): Promise<void> {
  if (events.length === 0) return;
  await pool.query(
    `insert into tell_again (relay, event_id)
     select $1, e.event_id
       from unnest($2::text[], $3::int[]) as asked (stream, version)
       join events e on (e.stream, e.version) = (asked.stream, asked.version)
       join checkpoints r on r.name = $1 and (e.transaction, e.position) <= (r.transaction, r.position)
     on conflict do nothing`,
    [relay, events.map(({ stream }) => stream), events.map(({ version }) => version)],
  );
}

const EVERY_MS = 1_000;
const BATCH = 100;

type Options = {
  readonly tell: (events: readonly StoredEvent[]) => Promise<unknown>;
  readonly keyring: Keyring | undefined;
};

/** Does, for a relay, what it was asked to: a batch at a time, and a look every second. After a crash a batch is told once more. */
export function againTeller(pool: Pool, relay: string, { tell, keyring }: Options): () => Promise<void> {
  let nextLook = 0;
  return async () => {
    const now = performance.now();
    if (now < nextLook) return;
    const { rows } = await pool.query<EventRow>(
      `select ${EVENT_COLUMNS}
         from ${EVENTS} join tell_again a on a.event_id = e.event_id
        where a.relay = $1
        order by e.transaction, e.position
        limit ${BATCH}`,
      [relay],
    );
    if (rows.length < BATCH) nextLook = now + EVERY_MS;
    if (rows.length === 0) return;
    await tell(rows.map((row): StoredEvent => ({ ...toStoredEvent(row, keyring), again: true })));
    await pool.query(`delete from tell_again where relay = $1 and event_id = any($2::uuid[])`, [
      relay,
      rows.map(({ eventId }) => eventId),
    ]);
  };
}
