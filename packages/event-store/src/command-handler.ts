import { randomUUID } from 'node:crypto';

import type { ClientBase, Pool } from 'pg';

import type { Aggregate } from './aggregate.ts';
import { attempts, type Beside, type Identified } from './attempt.ts';
import type { DomainEvent } from './decider.ts';
import { type Answer, type IdempotencyKey, storeIdempotencyKey, readIdempotencyKey } from './idempotency-keys.ts';
import { retried, violated } from './retry.ts';
import type { Keyring } from './sealing.ts';
import type { Meta } from './stored-event.ts';

export type CommandContext = {
  /** Any text, best a UUID. The same one again has no second effect: its first event is found, and the state as it is now is the answer. */
  readonly commandId?: string;
  readonly meta?: Meta;
  /** The id was just drawn and has no past: nothing is read before it is written. */
  readonly fresh?: boolean;
};

/** The answer to a request, and the idempotency key that it carries, if any. */
export type AnsweredRequest<State> = {
  readonly answer: (state: State) => Answer;
  readonly idempotencyKey?: IdempotencyKey | undefined;
};

export type Addressed<Command> = {
  readonly id: string | number;
  readonly command: Command;
  readonly context?: CommandContext;
};

export type CommandHandler<State, Command> = {
  /**
   * The state after the command, and after what others did before it. Throws the decider's `Problem`, the aggregate's own for a constraint
   * that was violated, or `conflict` when others keep winning.
   */
  readonly handle: (id: string | number, command: Command, context?: CommandContext) => Promise<State>;
  /**
   * The answer to a request. Under an idempotency key it is stored in the statement that stores its effect, and given again to the same
   * request. Throws `conflict` for another request under the key, `gone` where the answer was erased; after a refusal the key is free.
   */
  readonly handleOnce: (
    id: string | number,
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

type Options = {
  /** Needed by aggregates whose events hold personal data. */
  readonly keyring?: Keyring;
  readonly clock?: () => Date;
  /** Called after each commit that stored events, to wake the relay. */
  readonly onAppended?: () => void;
};

/**
 * Loads, decides and appends: one read and one write statement. The primary key of `events` decides races; a command that lost one is decided
 * anew on what the winner left. A write whose outcome was lost with the connection is tried again, and recognised by its event ids.
 */
export function commandHandler<State, Command, Event extends DomainEvent>(
  pool: Pool,
  aggregate: Aggregate<State, Command, Event>,
  { keyring, clock = () => new Date(), onAppended }: Options = {},
): CommandHandler<State, Command> {
  const { decider, refusals = {} } = aggregate;
  const { attempt, subject } = attempts(pool, aggregate, { keyring, clock });

  async function carryOut(db: Pool | ClientBase, commands: readonly Identified<Command>[], beside?: Beside<State>) {
    try {
      const outcome = await attempt(db, commands, beside);
      if (outcome.facts.some((count) => count > 0)) onAppended?.();
      return outcome;
    } catch (error) {
      // The server's error is left out: it quotes the values.
      throw refusals[violated(error) ?? '']?.() ?? error;
    }
  }

  // A command's id that was fresh may have a past by the second attempt: the outcome of the write before is not known.
  const settle = (commands: readonly Identified<Command>[]) =>
    retried((n) => carryOut(pool, n === 1 ? commands : commands.map(notFresh)));

  async function handle(id: string | number, command: Command, context?: CommandContext): Promise<State> {
    const { loaded } = await settle([identified({ id, command, ...(context && { context }) })]);
    return loaded.get(String(id))?.state ?? decider.initial;
  }

  /** Carries the command out and keeps the answer, unless the key has an answer. */
  async function answerOnce(command: Identified<Command>, key: IdempotencyKey, answer: (state: State) => Answer) {
    // The key is looked up before anything is written, though a write would find one that is taken: the server logs what it refuses.
    const kept = await readIdempotencyKey(pool, key);
    if (kept) return { ...kept, replayed: true };
    const { id } = command;
    let given: Answer | undefined;
    await carryOut(pool, [command], (loaded) => {
      const state = loaded.get(id)?.state ?? decider.initial;
      given = answer(state);
      return storeIdempotencyKey(key, subject(id, state), given);
    });
    if (!given) throw new Error('The request was carried out and not answered.');
    return { ...given, replayed: false };
  }

  return {
    handle,
    async handleOnce(id, command, { answer, idempotencyKey }, context = {}) {
      if (!idempotencyKey) return { ...answer(await handle(id, command, context)), replayed: false };
      const named = identified({ id, command, context });
      return retried(() => answerOnce(named, idempotencyKey, answer));
    },
    async handleAll(commands, tx) {
      if (commands.length === 0) return [];
      const all = commands.map(identified);
      return (await (tx ? carryOut(tx, all) : settle(all))).facts;
    },
  };
}

const identified = <Command>({ id, command, context = {} }: Addressed<Command>): Identified<Command> => ({
  id: String(id),
  command,
  commandId: context.commandId ?? randomUUID(),
  meta: context.meta ?? {},
  fresh: context.fresh ?? false,
});

const notFresh = <Command>(command: Identified<Command>): Identified<Command> => ({ ...command, fresh: false });
