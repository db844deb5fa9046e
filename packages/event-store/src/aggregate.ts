import type { Problem } from '@kith/contracts';
import type { z } from 'zod';

import type { Decider, DomainEvent } from './decider.ts';
import type { Sql } from './postgres/sql.ts';

/**
 * The table that holds an aggregate's whole state, one row each: what a command reads instead of the stream, and what queries search.
 * It must equal the fold of the stream (`differingRows` proves it).
 */
export type Row<State> = {
  readonly table: string;
  /** All columns that are written; the first is `id`, the primary key. */
  readonly columns: readonly string[];
  /** The type of `id`; text where not said. */
  readonly idType?: 'bigint';
  /** Values by column name, as JSON has them. Null where there is to be no row: nothing happened yet, or it is erased. */
  readonly toRow: (state: State) => Readonly<Record<string, unknown>> | null;
  /** Takes the row as pg reads it. */
  readonly fromRow: (row: never) => State;
};

export type Change<State> = { readonly id: string; readonly before: State; readonly after: State };

/**
 * Keeps a further table in step: one data-modifying statement over the changed aggregates, with placeholders from $1, which becomes part
 * of the statement that appends. Its text should not depend on the changes, so that it is planned once.
 */
export type Projection<State> = (changes: readonly Change<State>[]) => Sql | undefined;

export type Aggregate<State, Command, Event extends DomainEvent> = {
  /** A stream is called `{category}-{id}`. */
  readonly category: string;
  readonly decider: Decider<State, Command, Event>;
  /** The stored form of the events. */
  readonly schema: z.ZodType<Event>;
  readonly row: Row<State>;
  /**
   * The person that an event is about, from the state that it leaves: the name of that person's own stream (`contact-123`), or `undefined`. The
   * person's key seals the event and the kept answers, so that erasing the person erases them. Without it an aggregate that is given
   * encryption keys is the person itself, and others are about nobody.
   */
  readonly subject?: (id: string, state: State) => string | undefined;
  readonly projections?: readonly Projection<State>[];
  /** The problems that violated constraints of its own tables are, by the constraint's name. Any other violation is a fault of ours. */
  readonly refusals?: Readonly<Record<string, () => Problem>>;
};
