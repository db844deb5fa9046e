import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { emptyProfile } from '@kith/contracts/contacts';
import { keyring, migrate, openPool } from '@kith/event-store';
import { eventually, testDatabase } from '@kith/stack/testing';
import type { Pool } from 'pg';

import { services, type Services } from '../services.ts';
import { startUnlisting } from './run.ts';

const WORKSPACE = 'ws_00000000000000000000000001';
const CONTACTS = 1_200;
const LIST = 1;

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let deps: Services;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../../migrations'));
  pool = openPool(database.url);
  deps = services(pool, keyring([randomBytes(32)]));
});
afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

/** Moves the checkpoint to the end, as the relay does when it has published everything. */
const publishAll = () =>
  pool.query(
    `insert into checkpoints (name, transaction, position)
     select 'kafka', transaction, position from events order by transaction desc, position desc limit 1
         on conflict (name) do update set transaction = excluded.transaction, position = excluded.position`,
  );
const membersLeft = async () =>
  (await pool.query<{ n: number }>(`select count(*)::int as n from list_members where list_id = $1`, [LIST])).rows[0]!
    .n;

test('a long deleted list lets the events of others go first: at most one batch of its own waits to be published', async () => {
  await deps.lists.handle(String(LIST), {
    type: 'CreateContactList',
    id: LIST,
    workspaceId: WORKSPACE,
    name: 'Long',
    others: 0,
  });
  await deps.contacts.handleAll(
    Array.from({ length: CONTACTS }, (_, n) => ({
      id: String(n + 1),
      command: {
        type: 'CreateContact',
        id: n + 1,
        workspaceId: WORKSPACE,
        profile: emptyProfile,
        phoneE164: null,
        lists: [LIST],
      } as const,
    })),
  );
  await deps.lists.handle(String(LIST), { type: 'DeleteContactList', workspaceId: WORKSPACE });

  let looks = 0;
  const errors: unknown[] = [];
  await using _ = startUnlisting({
    ...deps,
    unpublished: (upTo) => (looks++, deps.unpublished(upTo)),
    onError: (error) => errors.push(error),
  });
  // The process looks again and again, and does nothing while the feed lags.
  const looksTwice = async () => {
    const before = looks;
    await eventually(() => expect(looks).toBeGreaterThan(before + 1));
  };
  for (const left of [1_200, 700, 200]) {
    await eventually(async () => expect(await membersLeft()).toBe(left));
    await looksTwice();
    expect(await membersLeft()).toBe(left);
    await publishAll();
  }
  await eventually(async () => expect(await membersLeft()).toBe(0));
  expect(errors).toEqual([]);
});
