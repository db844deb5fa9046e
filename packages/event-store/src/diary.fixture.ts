import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Problem } from '@kith/contracts';
import { testDatabase } from '@kith/stack/testing';
import pg from 'pg';
import { z } from 'zod';

import type { Aggregate } from './aggregate.ts';
import { forgetErased } from './erasure.ts';
import { migrate } from './postgres/migrate.ts';
import { openPool } from './postgres/pool.ts';
import { keyring } from './sealing.ts';

/** The smallest aggregate with something private in it. One that has been burned has no pages. */
type Diary = { readonly id: string; readonly version: number; readonly pages: number; readonly last: string | null };
type Write = { readonly type: 'Write'; readonly id: string; readonly text: string };
type Burn = { readonly type: 'Burn'; readonly id: string };
/** A limit of the stored form that no rule of the decider knows. */
export const LONGEST = 100;
const diaryEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('Written'),
    data: z.object({ id: z.string() }),
    personal: z.object({ text: z.string().max(LONGEST) }),
  }),
  z.object({ type: z.literal('Burned'), data: z.object({ id: z.string() }) }),
]);

export const diary: Aggregate<Diary, Write | Burn, z.infer<typeof diaryEvent>> = {
  category: 'diary',
  schema: diaryEvent,
  decider: {
    initial: { id: '', version: 0, pages: 0, last: null },
    decide(command, { last }) {
      const { id } = command;
      if (command.type === 'Burn') return [{ type: 'Burned', data: { id } }];
      const { text } = command;
      if (text === '') throw new Problem('invalid', 'Nothing is written.');
      return text === last ? [] : [{ type: 'Written', data: { id }, personal: { text } }];
    },
    evolve({ pages }, event) {
      const { version, data } = event;
      return event.type === 'Burned'
        ? { id: data.id, version, pages: 0, last: null }
        : { id: data.id, version, pages: pages + 1, last: event.personal.text };
    },
  },
  row: {
    table: 'diaries',
    columns: ['id', 'version', 'pages', 'last'],
    toRow: (state) => (state.pages === 0 ? null : state),
    fromRow: (row: Diary) => row,
  },
  projections: forgetErased('diary', ({ version, pages }) => version > 0 && pages === 0),
};

/** An aggregate about somebody else's person: a remark on a diary, in a stream of its own. No two remarks say the same. */
type Remark = { readonly id: number; readonly version: number; readonly diary: string; readonly text: string };
type Say = { readonly type: 'Say'; readonly id: number; readonly diary: string; readonly text: string };
const said = z.object({
  type: z.literal('Said'),
  data: z.object({ id: z.int(), diary: z.string(), workspaceId: z.string() }),
  personal: z.object({ text: z.string() }),
});

export const remark: Aggregate<Remark, Say, z.infer<typeof said>> = {
  category: 'remark',
  schema: said,
  subject: (_, { diary: id }) => `diary-${id}`,
  decider: {
    initial: { id: 0, version: 0, diary: '', text: '' },
    decide: ({ id, diary: about, text }, state) =>
      text === state.text
        ? []
        : [{ type: 'Said', data: { id, diary: about, workspaceId: 'ws_1' }, personal: { text } }],
    evolve: (_, { version, data, personal }) => ({ id: data.id, version, diary: data.diary, text: personal.text }),
  },
  row: {
    table: 'remarks',
    idType: 'bigint',
    columns: ['id', 'version', 'diary', 'text'],
    toRow: (state) => state,
    fromRow: ({ id, ...row }: Omit<Remark, 'id'> & { readonly id: string }) => ({ id: Number(id), ...row }),
  },
  refusals: {
    remarks_text: () => new Problem('conflict', 'Somebody has said this before.'),
    remarks_diary_fkey: () => new Problem('not-found', 'No such diary.'),
  },
};

export const ring = keyring([Buffer.alloc(32, 'diary')]);

/** A database with these tables: `pool` may do what a service may, `owner` anything. */
export async function diaryDatabase() {
  const database = await testDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'kith-migrations-'));
  await writeFile(
    join(directory, '001-diaries.sql'),
    `create table diaries (id text primary key, version int not null, pages int not null, last text);
     create table remarks (id bigint primary key, version int not null, diary text not null references diaries on delete cascade, text text);
     create unique index remarks_text on remarks (text)`,
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
