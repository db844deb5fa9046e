import type { Change, Row } from './aggregate.ts';
import type { DomainEvent, Recorded } from './decider.ts';
import { type Keyring, seal, type WrappedKey } from './sealing.ts';
import type { Sql } from './postgres/sql.ts';
import { type Meta, SCHEMA_VERSION } from './stored-event.ts';

/** An aggregate as it was read, and the facts decided since. */
export type Loaded<State, Event extends DomainEvent> = {
  readonly stream: string;
  readonly before: State;
  readonly version: number;
  state: State;
  /** The stream's data key as it is stored. It is unwrapped when something personal is sealed: an erasure needs no key. */
  readonly stored: WrappedKey | undefined;
  key: Buffer | undefined;
  newKey: WrappedKey | undefined;
  readonly events: { readonly recorded: Recorded<Event>; readonly eventId: string; readonly meta: Meta }[];
};

export const asLoaded = <State, Event extends DomainEvent>(
  stream: string,
  state: State,
  version: number,
  stored: WrappedKey | undefined,
): Loaded<State, Event> => ({
  stream,
  before: state,
  version,
  state,
  stored,
  key: undefined,
  newKey: undefined,
  events: [],
});

export type LoadedRow = {
  readonly $id: string;
  readonly $version: number | null;
  readonly $kek: string | null;
  readonly $wrapped: Buffer | null;
  readonly $seen: string | null;
};

/** Rows, data keys, and which commands were carried out before: all in one read. */
export const loadStatement = (table: string, id: string, idType: 'bigint' | 'text') => `
  select r.*, q.id as "$id", r.version as "$version", k.kek as "$kek", k.wrapped as "$wrapped", e.event_id as "$seen"
    from unnest($1::text[], $2::uuid[]) as q (id, event_id)
    left join ${table} r on r.${id} = q.id::${idType}
    left join data_keys k on k.stream = $3 || '-' || q.id
    left join events e on e.event_id = q.event_id`;

export function appendEvents<State, Event extends DomainEvent>(
  targets: readonly Loaded<State, Event>[],
  ring: Keyring | undefined,
): Sql {
  const columns: unknown[][] = [[], [], [], [], [], [], [], [], []];
  for (const target of targets) {
    for (const { recorded, eventId: id, meta } of target.events) {
      const { type, data, personal, version, recordedAt } = recorded;
      const sealed = personal ? seal(keyOf(target, ring), target.stream, version, type, personal) : null;
      [
        target.stream,
        version,
        id,
        type,
        SCHEMA_VERSION,
        JSON.stringify(data),
        sealed,
        JSON.stringify(meta),
        recordedAt,
      ].forEach((value, n) => columns[n]?.push(value));
    }
  }
  return {
    text: `insert into events (stream, version, event_id, type, schema_version, data, personal, meta, recorded_at)
           select * from unnest($1::text[], $2::int[], $3::uuid[], $4::text[], $5::smallint[], $6::jsonb[], $7::bytea[], $8::jsonb[], $9::timestamptz[])`,
    values: columns,
  };
}

function keyOf<State, Event extends DomainEvent>(target: Loaded<State, Event>, ring: Keyring | undefined): Buffer {
  if (!ring) throw new Error(`${target.stream} tells personal data, and no encryption key is configured.`);
  if (!target.key) {
    if (target.stored) target.key = ring.unwrap(target.stream, target.stored);
    else ({ key: target.key, stored: target.newKey } = ring.create(target.stream));
  }
  return target.key;
}

export function addKeys<State, Event extends DomainEvent>(targets: readonly Loaded<State, Event>[]): Sql | undefined {
  const added = targets.flatMap(({ stream, newKey }) => (newKey ? [{ stream, ...newKey }] : []));
  if (added.length === 0) return undefined;
  return {
    text: `insert into data_keys (stream, kek, wrapped) select * from unnest($1::text[], $2::text[], $3::bytea[])`,
    values: [added.map(({ stream }) => stream), added.map(({ kek }) => kek), added.map(({ wrapped }) => wrapped)],
  };
}

export function writeRows<State>(row: Row<State>, changes: readonly Change<State>[]): (Sql | undefined)[] {
  const written: unknown[] = [];
  const removed: string[] = [];
  for (const { id, after } of changes) {
    const value = row.toRow(after);
    if (value) written.push(value);
    else removed.push(id);
  }
  const { table, columns, idType = 'text' } = row;
  const [id, ...others] = columns;
  return [
    written.length > 0
      ? {
          // No `where version =` here: the events' primary key has decided, and a row skipped beside them would stay wrong for good.
          text: `insert into ${table} (${columns.join(', ')})
                 select ${columns.join(', ')} from jsonb_populate_recordset(null::${table}, $1::jsonb)
                 on conflict (${id}) do update set ${others.map((column) => `${column} = excluded.${column}`).join(', ')}`,
          values: [JSON.stringify(written)],
        }
      : undefined,
    removed.length > 0
      ? { text: `delete from ${table} where ${id} = any($1::${idType}[])`, values: [removed] }
      : undefined,
  ];
}
