import type { Pool } from 'pg';

import type { Aggregate } from './aggregate.ts';
import type { DomainEvent, Recorded } from './decider.ts';
import type { Keyring } from './sealing.ts';
import { EVENT_COLUMNS, type EventRow, EVENTS, type StoredEvent, toStoredEvent } from './stored-event.ts';

/** A stored event as its aggregate knows it. Throws where it is none of the aggregate's, or a release too new. */
export function toDomainEvent<Event extends DomainEvent>(
  schema: Aggregate<never, never, Event>['schema'],
  { type, data, personal, version, recordedAt }: StoredEvent,
): Recorded<Event> {
  return { ...schema.parse({ type, data, ...(personal && { personal }) }), version, recordedAt };
}

/** A part of a stream: the events after a version, and how many of them. All, unless it is said. */
type Part = { readonly after?: number; readonly most?: number };

/** One stream's events, oldest first. */
export async function readStream(
  pool: Pool,
  stream: string,
  keyring?: Keyring,
  { after = 0, most }: Part = {},
): Promise<StoredEvent[]> {
  const { rows } = await pool.query<EventRow>(
    `select ${EVENT_COLUMNS} from ${EVENTS}
      where e.stream = $1 and e.version > $2 order by e.version limit $3`,
    [stream, after, most],
  );
  return rows.map((row) => toStoredEvent(row, keyring));
}

/**
 * The ids of an aggregate whose row is not what its stream folds to: none, unless something is broken. A stream that tells of
 * somebody whose key is destroyed must have no row.
 */
export async function differingRows<State, Command, Event extends DomainEvent>(
  pool: Pool,
  { category, decider, schema, row }: Aggregate<State, Command, Event>,
  keyring?: Keyring,
): Promise<string[]> {
  const expected: unknown[] = [];
  for (const { stream, shredded } of await streamsOf(pool, category)) {
    if (keyring && shredded) continue;
    let state = decider.initial;
    for (const event of await readStream(pool, stream, keyring))
      state = decider.evolve(state, toDomainEvent(schema, event));
    const value = row.toRow(state);
    if (value) expected.push(value);
  }
  const [id] = row.columns;
  const { rows } = await pool.query<{ id: string }>(
    `with folded as (select ${row.columns.join(', ')} from jsonb_populate_recordset(null::${row.table}, $1::jsonb)),
          kept as (select ${row.columns.join(', ')} from ${row.table})
     select coalesce(folded.${id}, kept.${id})::text as id
       from folded full join kept on kept.${id} = folded.${id}
      where folded is distinct from kept`,
    [JSON.stringify(expected)],
  );
  return rows.map((differing) => differing.id);
}

async function streamsOf(pool: Pool, category: string): Promise<{ stream: string; shredded: boolean }[]> {
  const { rows } = await pool.query<{ stream: string; shredded: boolean }>(
    `select e.stream, bool_or(e.subject is not null and k.subject is null) as shredded
       from ${EVENTS}
      where starts_with(e.stream, $1 || '-')
      group by e.stream`,
    [category],
  );
  return rows;
}
