import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import { STREAM_DOES_NOT_EXIST } from '@event-driven-io/emmett';
import { type Aggregate, commandHandler, migrate, openPool } from '@kith/event-store';
import { createDatabase } from '@kith/stack';
import { Pool } from 'pg';
import { z } from 'zod';

/** Stores a first event in a new stream. */
export type Append = AsyncDisposable & { readonly append: () => Promise<unknown> };

/** The size of a service's pool. Fewer connections already keep two cores busy. */
export const POOL = 8;

const noted = z.object({ type: z.literal('Noted'), data: z.object({ id: z.string(), text: z.string() }) });
type Noted = z.infer<typeof noted>;
type Note = { readonly id: string; readonly version: number; readonly text: string };
type Write = { readonly type: 'Write'; readonly id: string; readonly text: string };

const notes: Aggregate<Note, Write, Noted> = {
  category: 'note',
  schema: noted,
  decider: {
    initial: { id: '', version: 0, text: '' },
    decide: ({ id, text }) => [{ type: 'Noted', data: { id, text } }],
    evolve: (_, { version, data }) => ({ ...data, version }),
  },
  row: {
    table: 'notes',
    columns: ['id', 'version', 'text'],
    toRow: (note) => (note.version === 0 ? null : note),
    fromRow: (row: Note) => row,
  },
};

const TEXT = 'What was said, and by whom, in about as many words as a note has.';

/** Our store writes the event, which is also the outbox, and the aggregate's row in one statement. */
export async function kithAppend(server: string): Promise<Append> {
  const url = await createDatabase(server, 'bench_append_kith');
  await migrate(url, join(import.meta.dirname, '../../migrations'));
  const pool = openPool(url, { max: POOL });
  const { handle } = commandHandler(pool, notes);
  return {
    append() {
      const id = randomUUID();
      return handle(id, { type: 'Write', id, text: TEXT }, { fresh: true });
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** emmett writes the event and the stream's row by its stored function. */
export async function emmettAppend(server: string): Promise<Append> {
  const url = await createDatabase(server, 'bench_append_emmett');
  const pool = new Pool({ connectionString: url, max: POOL });
  const store = getPostgreSQLEventStore(url, { connectionOptions: { pooled: true, pool } });
  await store.schema.migrate();
  return {
    append() {
      const id = randomUUID();
      const event: Noted = { type: 'Noted', data: { id, text: TEXT } };
      return store.appendToStream<Noted>(`note-${id}`, [event], { expectedStreamVersion: STREAM_DOES_NOT_EXIST });
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      if (!pool.ended) await pool.end();
    },
  };
}
