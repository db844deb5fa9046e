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
  /** By column name, in what JSON can say. Null where there is to be no row: nothing happened yet, or it is erased. */
  readonly toRow: (state: State) => Readonly<Record<string, unknown>> | null;
  /** From the row as pg reads it. */
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
  readonly views?: readonly Projection<State>[];
};
