import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Problem } from '@kith/contracts';
import { testDatabase } from '@kith/stack/testing';
import pg from 'pg';
import { z } from 'zod';

import type { Aggregate } from './aggregate.ts';
import { migrate } from './postgres/migrate.ts';
import { openPool } from './postgres/pool.ts';
import { keyring } from './sealing.ts';

/** The smallest aggregate with something private in it: what these tests store. */
type Diary = { readonly id: string; readonly version: number; readonly pages: number; readonly last: string | null };
type Write = { readonly type: 'Write'; readonly id: string; readonly text: string };
/** What the stored form allows, and no rule of the decider's. */
export const LONGEST = 100;
const written = z.object({
  type: z.literal('Written'),
  data: z.object({ id: z.string() }),
  personal: z.object({ text: z.string().max(LONGEST) }),
});

export const diary: Aggregate<Diary, Write, z.infer<typeof written>> = {
  category: 'diary',
  schema: written,
  decider: {
    initial: { id: '', version: 0, pages: 0, last: null },
    decide: ({ id, text }, { last }) => {
      if (text === '') throw new Problem('invalid', 'Nothing is written.');
      return text === last ? [] : [{ type: 'Written', data: { id }, personal: { text } }];
    },
    evolve: ({ pages }, { version, data, personal }) => ({
      id: data.id,
      version,
      pages: pages + 1,
      last: personal.text,
    }),
  },
  row: {
    table: 'diaries',
    columns: ['id', 'version', 'pages', 'last'],
    toRow: (state) => (state.version === 0 ? null : state),
    fromRow: (row: Diary) => row,
  },
};

export const ring = keyring([Buffer.alloc(32, 'diary')]);

/** A database with the diaries' table: `pool` as a service has it, `owner` as who may do anything. */
export async function diaryDatabase() {
  const database = await testDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'kith-migrations-'));
  await writeFile(
    join(directory, '001-diaries.sql'),
    `create table diaries (id text primary key, version int not null, pages int not null, last text)`,
  );
  await migrate(database.url, directory);
  await rm(directory, { recursive: true });
  const pool = openPool(database.url);
  const owner = new pg.Pool({ connectionString: database.url, max: 2 });
  // The database may be dropped before the server has read that a connection ends.
  owner.on('error', () => {});
  return {
    url: database.url,
    pool,
    owner,
    async [Symbol.asyncDispose]() {
      await Promise.all([pool.end(), owner.end()]);
      await database[Symbol.asyncDispose]();
    },
  };
}
