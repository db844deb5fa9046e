import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';

import { commandHandler } from './command-handler.ts';
import { countDataKeys, IN_USE, refuseMissingKeys, rewrapDataKeys } from './data-keys.ts';
import { diary, diaryDatabase } from './diary.fixture.ts';
import { readStream } from './fold.ts';
import { keyring } from './sealing.ts';

const [old, current] = [randomBytes(32), randomBytes(32)];
const [oldRing, bothKeys, currentRing] = [keyring([old]), keyring([current, old]), keyring([current])];
const [oldName, currentName] = [oldRing.names[0], currentRing.names[0]];

let database: Awaited<ReturnType<typeof diaryDatabase>>;
beforeAll(async () => {
  database = await diaryDatabase();
});
afterAll(async () => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.owner.query('truncate events, data_keys, diaries cascade');
});

const write = (ring: typeof oldRing, id: string, text = 'secret') =>
  commandHandler(database.pool, diary, { keyring: ring }).handle(id, { type: 'Write', id, text });

async function writeUnderOldKey(count: number) {
  for (let n = 0; n < count; n++) await write(oldRing, `d${n}`, `secret ${n}`);
}

const silent = { onProgress: () => {} };

/** The pool, with something that happens before each of its updates. */
function beforeUpdates(happen: (n: number) => Promise<void>): Pool {
  let updates = 0;
  return new Proxy(database.pool, {
    get(target, property, receiver) {
      if (property !== 'query') return Reflect.get(target, property, receiver) as unknown;
      return async (text: string, values: unknown[]) => {
        if (text.trimStart().startsWith('update')) await happen(updates++);
        return target.query(text, values);
      };
    },
  });
}

describe('a start', () => {
  test('with every key that is in use goes on', async () => {
    await write(oldRing, 'a');
    await expect(refuseMissingKeys(database.pool, bothKeys)).resolves.toBeUndefined();
  });

  test('without one is refused by the name of that key', async () => {
    await write(oldRing, 'a');
    await write(currentRing, 'b');
    await expect(refuseMissingKeys(database.pool, currentRing)).rejects.toMatchObject({
      name: 'MissingKeys',
      message: expect.stringContaining(`ENCRYPTION_KEY lacks ${oldName},`),
    });
  });

  test('finds the keys in use by the index alone', async () => {
    const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`explain ${IN_USE}`);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('data_keys_kek');
    expect(plan).not.toContain('Seq Scan');
  });
});

test('data keys are counted by the key that wraps them, keys of the ring without any included', async () => {
  await writeUnderOldKey(2);
  const lost = keyring([randomBytes(32)]);
  await write(lost, 'lost');
  expect(await countDataKeys(database.pool, bothKeys)).toEqual([
    { name: currentName, count: 0, inRing: true },
    { name: oldName, count: 2, inRing: true },
    { name: lost.names[0], count: 1, inRing: false },
  ]);
});

describe('rewrapping', () => {
  test('puts every data key under the first key: the old one is no longer needed', async () => {
    await writeUnderOldKey(5);
    const counts: number[] = [];
    expect(
      await rewrapDataKeys(database.pool, bothKeys, {
        batch: 2,
        onProgress: ({ rewrapped }) => counts.push(rewrapped),
      }),
    ).toEqual({ rewrapped: 5, left: 0 });
    expect(counts).toEqual([2, 4, 5]);
    await expect(refuseMissingKeys(database.pool, currentRing)).resolves.toBeUndefined();
    expect(await readStream(database.pool, 'diary-d3', currentRing)).toMatchObject([
      { personal: { text: 'secret 3' } },
    ]);
    await write(currentRing, 'd3', 'more');
  });

  test('again does nothing', async () => {
    await writeUnderOldKey(3);
    await rewrapDataKeys(database.pool, bothKeys, silent);
    expect(await rewrapDataKeys(database.pool, bothKeys, silent)).toEqual({ rewrapped: 0, left: 0 });
  });

  test('that was cut off is finished by the next', async () => {
    await writeUnderOldKey(6);
    const cutOff = rewrapDataKeys(database.pool, bothKeys, {
      batch: 2,
      onProgress() {
        throw new Error('cut off');
      },
    });
    await expect(cutOff).rejects.toThrow('cut off');
    expect(await rewrapDataKeys(database.pool, bothKeys, silent)).toEqual({ rewrapped: 4, left: 0 });
  });

  test('meets what a running service wraps by the old key, and brings back nothing that it erases', async () => {
    await writeUnderOldKey(4);
    const erasing = beforeUpdates(async (n) => {
      if (n > 0) return;
      await database.pool.query(`delete from data_keys where subject = 'diary-d0'`);
      // It sorts before what this pass has read.
      await write(oldRing, 'a-late-one');
    });
    expect(await rewrapDataKeys(erasing, bothKeys, { ...silent, batch: 2 })).toEqual({ rewrapped: 4, left: 0 });
    expect(await countDataKeys(database.pool, currentRing)).toEqual([{ name: currentName, count: 4, inRing: true }]);
    expect(await readStream(database.pool, 'diary-a-late-one', currentRing)).toMatchObject([
      { personal: { text: 'secret' } },
    ]);
  });

  test('ends, and says how many are left, while a service goes on wrapping by the old key', async () => {
    await writeUnderOldKey(1);
    const writing = beforeUpdates(async (n) => void (await write(oldRing, `a-${n}`)));
    expect(await rewrapDataKeys(writing, bothKeys, silent)).toMatchObject({ left: 1 });
  });

  test('without one of the keys that are needed is refused, and changes nothing', async () => {
    await writeUnderOldKey(2);
    const lost = keyring([randomBytes(32)]);
    await write(lost, 'lost');
    await expect(rewrapDataKeys(database.pool, bothKeys, silent)).rejects.toThrow(lost.names[0]);
    expect(await countDataKeys(database.pool, oldRing)).toContainEqual({ name: oldName, count: 2, inRing: true });
  });
});
