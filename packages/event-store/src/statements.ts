import type { Change, Row } from './aggregate.ts';
import type { DomainEvent, Recorded } from './decider.ts';
import type { Sql } from './postgres/sql.ts';
import { seal } from './sealing.ts';
import { type Meta, SCHEMA_VERSION } from './stored-event.ts';
import type { StoredKey, SubjectKeys } from './subject-keys.ts';

/** A fact that is about to be stored. */
export type NewEvent<Event extends DomainEvent> = {
  readonly stream: string;
  readonly subject: string | undefined;
  readonly eventId: string;
  readonly recorded: Recorded<Event>;
  readonly meta: Meta;
};

export type LoadedRow = {
  readonly $id: string;
  readonly $version: number | null;
  readonly $seen: string | null;
  /** Absent where no keys are read, null where there is none. */
  readonly $subject?: string | null;
  readonly $kek?: string | null;
  readonly $wrapped?: Buffer | null;
};

/** The data keys that are read with the rows: none, the streams' own, or those of the streams' last events' subjects. */
export type KeysRead = 'none' | 'of streams' | 'of last events';

const KEY_COLUMNS = `, k.subject as "$subject", k.kek as "$kek", k.wrapped as "$wrapped"`;
const KEYS: Readonly<Record<KeysRead, { columns: string; join: string }>> = {
  none: { columns: '', join: '' },
  'of streams': { columns: KEY_COLUMNS, join: 'left join data_keys k on k.subject = q.stream' },
  'of last events': {
    columns: KEY_COLUMNS,
    join: `left join lateral (select subject from events where stream = q.stream order by version desc limit 1) l on true
    left join data_keys k on k.subject = l.subject`,
  },
};

/** Reads rows, data keys, and which commands were carried out before, all at once: by ids, streams and first events' ids. */
export const loadStatement = <State>({ table, columns: [id = 'id'], idType }: Row<State>, keys: KeysRead) => `
  select r.*, q.id as "$id", r.version as "$version", e.event_id as "$seen" ${KEYS[keys].columns}
    from unnest($1::text[], $2::text[], $3::uuid[]) as q (id, stream, event_id)
    left join ${table} r on r.${id} = q.id::${idType ?? 'text'}
    ${KEYS[keys].join}
    left join events e on e.event_id = q.event_id`;

export const READ_KEYS = `select subject, kek, wrapped from data_keys where subject = any($1::text[])`;

export function appendEvents<Event extends DomainEvent>(events: readonly NewEvent<Event>[], keys: SubjectKeys): Sql {
  const rows = events.map(({ stream, subject, eventId, recorded, meta }) => {
    const { type, data, personal, version, recordedAt } = recorded;
    const sealed = personal ? seal(keys.open(named(subject, stream, type)), stream, version, type, personal) : null;
    const json = [JSON.stringify(data), sealed, JSON.stringify(meta)];
    return [stream, version, eventId, subject ?? null, type, SCHEMA_VERSION, ...json, recordedAt];
  });
  return {
    text: `insert into events (stream, version, event_id, subject, type, schema_version, data, personal, meta, recorded_at)
           select * from unnest($1::text[], $2::int[], $3::uuid[], $4::text[], $5::text[], $6::smallint[], $7::jsonb[], $8::bytea[], $9::jsonb[], $10::timestamptz[])`,
    values: Array.from({ length: 10 }, (_, column) => rows.map((row) => row[column])),
  };
}

function named(subject: string | undefined, stream: string, type: string): string {
  if (subject === undefined) throw new Error(`${stream}: ${type} has personal data, and names nobody as its subject.`);
  return subject;
}

export const addKeys = (keys: readonly StoredKey[]): Sql | undefined =>
  keys.length === 0
    ? undefined
    : {
        text: `insert into data_keys (subject, kek, wrapped) select * from unnest($1::text[], $2::text[], $3::bytea[])`,
        values: [keys.map(({ subject }) => subject), keys.map(({ kek }) => kek), keys.map(({ wrapped }) => wrapped)],
      };

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
