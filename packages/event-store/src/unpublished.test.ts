import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { register } from 'prom-client';

import { commandHandler } from './command-handler.ts';
import { diary, diaryDatabase, ring } from './diary.fixture.ts';
import { countUnpublished, followed } from './unpublished.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;
beforeAll(async () => {
  database = await diaryDatabase();
});
afterAll(async () => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.owner.query('truncate events, data_keys, diaries, checkpoints cascade');
  for (const text of ['one', 'two', 'three']) {
    await commandHandler(database.pool, diary, { keyring: ring }).handle('ada', { type: 'Write', id: 'ada', text });
  }
});
afterEach(() => followed.clear());

/** The relay has published the stream's events up to this version. */
const published = (version: number) =>
  database.owner.query(
    `insert into checkpoints (name, transaction, position)
     select 'relay', transaction, position from events where version = $1
     on conflict (name) do update set (transaction, position) = (excluded.transaction, excluded.position)`,
    [version],
  );

/** The age of the oldest unpublished event, as an operator sees it. */
async function age(): Promise<number | undefined> {
  const { values } = await register.getSingleMetric('kith_relay_unpublished_seconds')!.get();
  return values.find(({ labels }) => labels['relay'] === 'relay')?.value;
}

test('everything waits for a relay that never began', async () => {
  expect(await countUnpublished(database.pool, 'relay', 10)).toBe(3);
});

test('what a relay has published waits no more', async () => {
  await published(1);
  expect(await countUnpublished(database.pool, 'relay', 10)).toBe(2);
  expect(await countUnpublished(database.pool, 'other relay', 10)).toBe(3);
  await published(3);
  expect(await countUnpublished(database.pool, 'relay', 10)).toBe(0);
});

test('no more are counted than are asked for', async () => {
  expect(await countUnpublished(database.pool, 'relay', 2)).toBe(2);
});

test('the age that operators see is that of the oldest event that waits, and 0 where none does', async () => {
  await database.owner.query(`update events set recorded_at = now() - interval '1 hour' * (4 - version)`);
  followed.set('relay', database.pool);
  await published(1);
  expect(await age()).toBeCloseTo(2 * 3600, -2);
  await published(2);
  expect(await age()).toBeCloseTo(3600, -2);
  await published(3);
  expect(await age()).toBe(0);
});

test('an age is told only by the process that runs the relay', async () => {
  await published(1);
  expect(await age()).toBeUndefined();
});
