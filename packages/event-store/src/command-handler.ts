import { randomUUID } from 'node:crypto';

import { Problem } from '@kith/contracts';
import type { ClientBase, Pool } from 'pg';

import type { Aggregate, Change } from './aggregate.ts';
import type { DomainEvent, Recorded } from './decider.ts';
import { eventId } from './event-id.ts';
import { type Answer, type IdempotencyKey, keepAnswer, keptAnswer } from './idempotency.ts';
import type { Keyring } from './sealing.ts';
import { ask } from './postgres/pool.ts';
import { allInOne, prepared, type Sql } from './postgres/sql.ts';
import { storable } from './storable.ts';
import {
  addKeys,
  appendEvents,
  asLoaded,
  type Loaded,
  type LoadedRow,
  loadStatement,
  writeRows,
} from './statements.ts';
import type { Meta } from './stored-event.ts';

export type CommandContext = {
  /** Any text, best a UUID. The same one again has no second effect: its first event is found, and the state as it is now is the answer. */
  readonly commandId?: string;
  readonly meta?: Meta;
  /** The id was just drawn and has no past: nothing is read before it is written. */
  readonly fresh?: boolean;
};

/** What a request is to be answered, and the idempotency key it carries, if any. */
export type AnsweredRequest<State> = {
  readonly answer: (state: State) => Answer;
  readonly idempotencyKey?: IdempotencyKey | undefined;
};

export type CommandHandler<State, Command> = {
  /** The state after the command, and after what others did before it. Throws the decider's `Problem`, or `conflict` when others keep winning. */
  readonly handle: (id: string, command: Command, context?: CommandContext) => Promise<State>;
  /**
   * The answer to a request. Under an idempotency key it is stored in the statement that stores its effect, and given again to the same
   * request. Throws `conflict` for another request under the key, `gone` where the answer was erased; after a refusal the key is free.
   */
  readonly handleOnce: (
    id: string,
    command: Command,
    request: AnsweredRequest<State>,
    context?: CommandContext,
  ) => Promise<Answer & { readonly replayed: boolean }>;
  /**
   * Many commands, in order, in one read and one write: all of them or none. How many facts each led to. Within a transaction of the
   * caller's it must be the first to write, and a lost race is the caller's to try again.
   */
  readonly handleAll: (commands: readonly Addressed<Command>[], tx?: ClientBase) => Promise<readonly number[]>;
};

export type Addressed<Command> = { readonly id: string; readonly command: Command; readonly context?: CommandContext };

type Options = {
  /** Needed by aggregates whose events hold personal data. */
  readonly keyring?: Keyring;
  readonly clock?: () => Date;
  /** Called after each commit that stored events: what wakes the relay. */
  readonly onAppended?: () => void;
};

type Outcome<State, Event extends DomainEvent> = {
  loaded: Map<string, Loaded<State, Event>>;
  facts: readonly number[];
};

const ATTEMPTS = 3;

/**
 * Load, decide, append: one read and one write statement. The primary key of `events` decides races; a command that lost one is decided
 * anew on what the winner left. A write whose outcome was lost with the connection is tried again, and recognised by its event ids.
 */
export function commandHandler<State, Command, Event extends DomainEvent>(
  pool: Pool,
  aggregate: Aggregate<State, Command, Event>,
  { keyring, clock = () => new Date(), onAppended }: Options = {},
): CommandHandler<State, Command> {
  const { category, decider, schema, row, views = [] } = aggregate;
  const readText = loadStatement(row.table, row.columns[0] ?? 'id', row.idType ?? 'text');
  const streamOf = (id: string) => `${category}-${id}`;

  async function load(db: Pool | ClientBase, commands: readonly Identified<Command>[]) {
    const loaded = new Map<string, Loaded<State, Event>>();
    const seen = new Set<string>();
    const known = commands.filter(({ fresh }) => !fresh);
    if (known.length > 0) {
      const { rows } = await db.query<LoadedRow>(
        prepared({
          text: readText,
          values: [known.map(({ id }) => id), known.map(({ commandId }) => eventId(commandId, 0)), category],
        }),
      );
      for (const { $id, $version, $kek, $wrapped, $seen, ...found } of rows) {
        const stream = streamOf($id);
        if ($seen) seen.add($seen);
        const state = $version === null ? decider.initial : row.fromRow(found as never);
        const stored = $kek !== null && $wrapped !== null ? { kek: $kek, wrapped: $wrapped } : undefined;
        loaded.set($id, asLoaded(stream, state, $version ?? 0, stored));
      }
    }
    return { loaded, seen };
  }

  async function attempt(
    db: Pool | ClientBase,
    commands: readonly Identified<Command>[],
    beside: Beside<State> = () => undefined,
  ): Promise<Outcome<State, Event>> {
    const { loaded, seen } = await load(db, commands);
    const facts: number[] = [];
    for (const { id, command, commandId, meta } of commands) {
      let target = loaded.get(id);
      if (!target) loaded.set(id, (target = asLoaded(streamOf(id), decider.initial, 0, undefined)));
      const decided = seen.has(eventId(commandId, 0)) ? [] : decider.decide(command, target.state);
      facts.push(decided.length);
      for (const [n, fact] of decided.entries()) {
        const event = storable(schema, target.stream, fact);
        const version = target.version + target.events.length + 1;
        const recorded: Recorded<Event> = { ...event, version, recordedAt: clock() };
        target.events.push({ recorded, eventId: eventId(commandId, n), meta });
        target.state = decider.evolve(target.state, recorded);
      }
    }
    const changed = [...loaded].filter(([, { events }]) => events.length > 0);
    const statement = allInOne([...writeEvents(changed), beside(loaded)]);
    if (statement.values.length > 0) {
      if (db === pool) await ask(pool, prepared(statement));
      else {
        await refuseEarlyWrites(db);
        await db.query(prepared(statement));
      }
      if (changed.length > 0) onAppended?.();
    }
    return { loaded, facts };
  }

  function writeEvents(changed: readonly (readonly [string, Loaded<State, Event>])[]): (Sql | undefined)[] {
    if (changed.length === 0) return [];
    const changes = changed.map(([id, { before, state }]): Change<State> => ({ id, before, after: state }));
    const targets = changed.map(([, target]) => target);
    return [
      appendEvents(targets, keyring),
      addKeys(targets),
      ...writeRows(aggregate.row, changes),
      ...views.map((view) => view(changes)),
    ];
  }

  const settle = (commands: readonly Identified<Command>[]): Promise<Outcome<State, Event>> =>
    // What was fresh may be there now, by a write whose outcome is not known.
    retried((n) => attempt(pool, n === 1 ? commands : commands.map((command) => ({ ...command, fresh: false }))));

  async function handle(id: string, command: Command, context?: CommandContext): Promise<State> {
    const { loaded } = await settle([identified({ id, command, ...(context && { context }) })]);
    return loaded.get(id)?.state ?? decider.initial;
  }

  return {
    handle,
    async handleOnce(id, command, { answer, idempotencyKey }, context = {}) {
      if (!idempotencyKey) return { ...answer(await handle(id, command, context)), replayed: false };
      return retried(async () => {
        // Before anything is written, though a write would find a key that is taken: the server logs what it refuses.
        const kept = await keptAnswer(pool, idempotencyKey);
        if (kept) return { ...kept, replayed: true };
        let given: Answer | undefined;
        await attempt(pool, [identified({ id, command, context })], (loaded) => {
          given = answer(loaded.get(id)?.state ?? decider.initial);
          return keepAnswer(idempotencyKey, streamOf(id), given);
        });
        if (!given) throw new Error('The request was carried out and not answered.');
        return { ...given, replayed: false };
      });
    },
    async handleAll(commands, tx) {
      if (commands.length === 0) return [];
      const all = commands.map(identified);
      return (await (tx ? attempt(tx, all) : settle(all))).facts;
    },
  };
}

type Beside<State> = (loaded: ReadonlyMap<string, { readonly state: State }>) => Sql | undefined;

/** Once more after a lost race or a lost connection, as often as is reasonable. */
async function retried<Result>(work: (attempt: number) => Promise<Result>): Promise<Result> {
  for (let n = 1; ; n++) {
    try {
      return await work(n);
    } catch (error) {
      if (!isConflict(error) && !isLostConnection(error)) throw error;
      if (n < ATTEMPTS) continue;
      if (isLostConnection(error)) throw error;
      throw new Problem('conflict', 'Others kept changing this at the same time.', { cause: error });
    }
  }
}

/**
 * The feed is sorted by transaction id, and the first write of a transaction draws it: one drawn before the stream was read would put these
 * events before others that they follow. Asked in a statement of its own; inside the one that appends it would always be assigned.
 */
async function refuseEarlyWrites(tx: Pool | ClientBase): Promise<void> {
  const { rows } = await tx.query<{ id: string | null }>(`select pg_current_xact_id_if_assigned()::text as id`);
  if (rows[0]?.id) throw new Error('Events must be the first thing that a transaction writes.');
}

type Identified<Command> = {
  readonly id: string;
  readonly command: Command;
  readonly commandId: string;
  readonly meta: Meta;
  readonly fresh: boolean;
};

const identified = <Command>({ id, command, context = {} }: Addressed<Command>): Identified<Command> => ({
  id,
  command,
  commandId: context.commandId ?? randomUUID(),
  meta: context.meta ?? {},
  fresh: context.fresh ?? false,
});

const UNIQUE_VIOLATION = '23505';
const RACES = new Set(['events_pkey', 'events_event_id_key', 'data_keys_pkey', 'kept_answers_pkey']);

/** Another command was there first. Unique indexes of the aggregates' own are rules, and theirs to explain. */
const isConflict = (error: unknown) =>
  codeOf(error) === UNIQUE_VIOLATION &&
  Error.isError(error) &&
  'constraint' in error &&
  RACES.has(String(error.constraint));

/** The write may have happened or not (SQLSTATE class 08, a server going down, a socket cut). */
const isLostConnection = (error: unknown) =>
  /^(08...|57P0[123]|ECONNRESET|EPIPE)$/.test(codeOf(error)) ||
  (Error.isError(error) && error.message.startsWith('Connection terminated'));

const codeOf = (error: unknown) => (Error.isError(error) && 'code' in error ? String(error.code) : '');
