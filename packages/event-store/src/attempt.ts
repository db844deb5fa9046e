import type { ClientBase, Pool } from 'pg';

import type { Aggregate, Change } from './aggregate.ts';
import type { DomainEvent, Recorded } from './decider.ts';
import { eventId } from './event-id.ts';
import { ask } from './postgres/pool.ts';
import { allInOne, prepared, type Sql } from './postgres/sql.ts';
import type { Keyring } from './sealing.ts';
import {
  addKeys,
  appendEvents,
  type LoadedRow,
  loadStatement,
  type NewEvent,
  READ_KEYS,
  writeRows,
} from './statements.ts';
import { storable } from './storable.ts';
import type { Meta } from './stored-event.ts';
import { type StoredKey, type SubjectKeys, subjectKeys } from './subject-keys.ts';

/** A command with everything that its context says. */
export type Identified<Command> = {
  readonly id: string;
  readonly command: Command;
  readonly commandId: string;
  readonly meta: Meta;
  readonly fresh: boolean;
};

/** An aggregate as it was read, and as the facts decided since have left it. */
export type Loaded<State, Event extends DomainEvent> = {
  readonly id: string;
  readonly stream: string;
  readonly before: State;
  readonly version: number;
  state: State;
  readonly events: NewEvent<Event>[];
};

export type Outcome<State, Event extends DomainEvent> = {
  readonly loaded: ReadonlyMap<string, Loaded<State, Event>>;
  /** The number of facts that each command led to. */
  readonly facts: readonly number[];
};

/** A further part of the statement that writes, once it is known what is written. */
export type Beside<State> = (loaded: ReadonlyMap<string, { readonly state: State }>) => Sql | undefined;

type Options = { readonly keyring: Keyring | undefined; readonly clock: () => Date };

/**
 * Carries commands out once: reads what they are about, decides them in order, and writes all that they led to. One read and one write
 * statement, however many commands there are; none where nothing is to be read or written.
 */
export function attempts<State, Command, Event extends DomainEvent>(
  pool: Pool,
  aggregate: Aggregate<State, Command, Event>,
  { keyring, clock }: Options,
) {
  const { category, decider, schema, row, projections = [] } = aggregate;
  const streamOf = (id: string) => `${category}-${id}`;
  const { subject = keyring ? streamOf : () => undefined } = aggregate;
  const readText = loadStatement(row, keyring ? (aggregate.subject ? 'of last events' : 'of streams') : 'none');

  const untouched = (id: string, state: State, version: number): Loaded<State, Event> => ({
    id,
    stream: streamOf(id),
    before: state,
    version,
    state,
    events: [],
  });

  async function load(db: Pool | ClientBase, commands: readonly Identified<Command>[], keys: SubjectKeys) {
    const loaded = new Map<string, Loaded<State, Event>>();
    const seen = new Set<string>();
    for (const { id, fresh } of commands) if (fresh) loaded.set(id, untouched(id, decider.initial, 0));
    const known = commands.filter(({ fresh }) => !fresh);
    if (known.length === 0) return { loaded, seen };
    const { rows } = await db.query<LoadedRow>(
      prepared({
        text: readText,
        values: [
          known.map(({ id }) => id),
          known.map(({ id }) => streamOf(id)),
          known.map(({ commandId }) => eventId(commandId, 0)),
        ],
      }),
    );
    for (const { $id, $version, $seen, $subject, $kek, $wrapped, ...found } of rows) {
      if ($seen) seen.add($seen);
      if ($subject && $kek && $wrapped) keys.add({ subject: $subject, kek: $kek, wrapped: $wrapped });
      const state = $version === null ? decider.initial : row.fromRow(found as never);
      loaded.set($id, untouched($id, state, $version ?? 0));
    }
    return { loaded, seen };
  }

  /** Decides a command on the target; the number of facts that it led to. */
  function decide(target: Loaded<State, Event>, { command, commandId, meta }: Identified<Command>): number {
    const decided = decider.decide(command, target.state);
    for (const [n, fact] of decided.entries()) {
      const { id, stream, events } = target;
      const event = storable(schema, stream, fact);
      const recorded: Recorded<Event> = { ...event, version: target.version + events.length + 1, recordedAt: clock() };
      target.state = decider.evolve(target.state, recorded);
      events.push({ stream, subject: subject(id, target.state), eventId: eventId(commandId, n), recorded, meta });
    }
    return decided.length;
  }

  /** Creates the keys of the persons that these events bring into being, and reads the other keys that are not known yet. */
  async function findKeys(db: Pool | ClientBase, events: readonly NewEvent<Event>[], keys: SubjectKeys) {
    for (const { stream, subject: of, recorded } of events) {
      if (of === stream && recorded.version === 1) keys.create(stream);
    }
    const missing = new Set<string>();
    for (const { subject: of, recorded } of events) if (recorded.personal && of && !keys.knows(of)) missing.add(of);
    if (missing.size === 0) return;
    const { rows } = await db.query<StoredKey>(prepared({ text: READ_KEYS, values: [[...missing]] }));
    rows.forEach(keys.add);
  }

  function write(changed: readonly Loaded<State, Event>[], keys: SubjectKeys): (Sql | undefined)[] {
    if (changed.length === 0) return [];
    const changes = changed.map(({ id, before, state }): Change<State> => ({ id, before, after: state }));
    const events = changed.flatMap((target) => target.events);
    return [
      appendEvents(events, keys),
      addKeys(keys.created),
      ...writeRows(row, changes),
      ...projections.map((projection) => projection(changes)),
    ];
  }

  async function store(db: Pool | ClientBase, statement: Sql): Promise<void> {
    if (db === pool) return ask(pool, prepared(statement));
    await refuseEarlyWrites(db);
    await db.query(prepared(statement));
  }

  return {
    subject,
    async attempt(
      db: Pool | ClientBase,
      commands: readonly Identified<Command>[],
      beside: Beside<State> = () => undefined,
    ): Promise<Outcome<State, Event>> {
      const keys = subjectKeys(keyring);
      const { loaded, seen } = await load(db, commands, keys);
      const facts = commands.map((command) => {
        const target = loaded.get(command.id);
        return target && !seen.has(eventId(command.commandId, 0)) ? decide(target, command) : 0;
      });
      const changed = [...loaded.values()].filter(({ events }) => events.length > 0);
      await findKeys(
        db,
        changed.flatMap(({ events }) => events),
        keys,
      );
      const statement = allInOne([...write(changed, keys), beside(loaded)]);
      if (statement.values.length > 0) await store(db, statement);
      return { loaded, facts };
    },
  };
}

/**
 * Throws where the transaction has written. The feed is sorted by transaction id, and the first write of a transaction draws it: one drawn
 * before the stream was read would put these events before others that they follow. This is a statement of its own, since one that appends
 * always has an id.
 */
async function refuseEarlyWrites(tx: Pool | ClientBase): Promise<void> {
  const { rows } = await tx.query<{ id: string | null }>(`select pg_current_xact_id_if_assigned()::text as id`);
  if (rows[0]?.id) throw new Error('Events must be the first thing that a transaction writes.');
}
