import type { Pool } from 'pg';
import { Counter } from 'prom-client';

import { placesOf } from './storable.ts';
import type { StoredEvent } from './stored-event.ts';

/** An event that could not be told as it is, and was told as a shell: its ids and its place. */
export type Unpublishable = Pick<StoredEvent, 'eventId' | 'stream' | 'version' | 'type'> & {
  /** Names no value: it is logged, and shown to operators. */
  readonly reason: string;
};

const unpublishable = new Counter({
  name: 'kith_relay_unpublishable_total',
  help: 'Events that could not be told as they are, and were told as shells. `npm run kith -- parked` lists them.',
  labelNames: ['relay'] as const,
});

/** Remembers one for good, before its shell is told; whether it is news. */
export async function remember(pool: Pool, relay: string, event: Unpublishable): Promise<boolean> {
  const { eventId, stream, version, type, reason } = event;
  const { rowCount } = await pool.query(
    `insert into unpublishable_events (event_id, relay, stream, version, type, reason) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing`,
    [eventId, relay, stream, version, type, reason],
  );
  if (rowCount === 0) return false;
  unpublishable.inc({ relay });
  return true;
}

/** The ids of a stream's events that were told as shells. */
export async function toldAsShells(pool: Pool, stream: string): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ id: string }>(
    `select event_id as id from unpublishable_events where stream = $1`,
    [stream],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Why an event could not be told, without what an error's message might quote of it. */
export function reasonOf(error: unknown): string {
  if (!Error.isError(error)) return 'unknown';
  const places = placesOf(error);
  if (places) return `not in its stored form: ${places}`;
  const code = 'code' in error ? ` ${String(error.code)}` : '';
  const [, at = ''] = /^\s+(at .*)$/m.exec(error.stack ?? '') ?? [];
  return code ? `${error.name}${code}` : `${error.name} ${at}`;
}
