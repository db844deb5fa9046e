import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { commandHandler } from './command-handler.ts';
import { diary, diaryDatabase, ring } from './diary.fixture.ts';
import { differingRows, readStream, toDomainEvent } from './fold.ts';
import { keyring } from './sealing.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;
beforeAll(async () => {
  database = await diaryDatabase();
});
afterAll(async () => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.owner.query('truncate events, data_keys, diaries cascade');
  for (const text of ['one', 'two', 'three']) await write('ada', text);
  await write('ad', 'a name that begins alike');
});

const write = (id: string, text: string) =>
  commandHandler(database.pool, diary, { keyring: ring }).handle(id, { type: 'Write', id, text });
const versions = async (part?: { after?: number; most?: number }) =>
  (await readStream(database.pool, 'diary-ada', ring, part)).map(({ version }) => version);
const differing = () => differingRows(database.pool, diary, ring);

describe('a stream', () => {
  test('is read whole and in order, and no other with it', async () => {
    const events = await readStream(database.pool, 'diary-ada', ring);
    expect(events.map(({ personal }) => personal)).toEqual([{ text: 'one' }, { text: 'two' }, { text: 'three' }]);
    expect(new Set(events.map(({ stream }) => stream))).toEqual(new Set(['diary-ada']));
  });

  test('is read in parts: after a version, and so many events', async () => {
    expect(await versions({ after: 1 })).toEqual([2, 3]);
    expect(await versions({ most: 2 })).toEqual([1, 2]);
    expect(await versions({ after: 1, most: 1 })).toEqual([2]);
    expect(await versions({ after: 3 })).toEqual([]);
  });

  test('that a newer release wrote is refused, not misread', async () => {
    await database.owner.query(`update events set schema_version = 2 where stream = 'diary-ada' and version = 2`);
    await expect(versions()).rejects.toThrow(
      'diary-ada holds Written in version 2, written by a newer release of Kith',
    );
    expect(await versions({ most: 1 })).toEqual([1]);
  });

  test('is refused where its encryption key is not configured: that is no erasure', async () => {
    await expect(readStream(database.pool, 'diary-ada')).rejects.toThrow('no encryption key is configured');
    const other = keyring([Buffer.alloc(32, 'other')]);
    await expect(readStream(database.pool, 'diary-ada', other)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

test('an event that its aggregate does not know is refused, not passed over', async () => {
  const [event] = await readStream(database.pool, 'diary-ada', ring);
  expect(toDomainEvent(diary.schema, event!)).toMatchObject({ type: 'Written', version: 1, personal: { text: 'one' } });
  expect(() => toDomainEvent(diary.schema, { ...event!, type: 'Painted' })).toThrow('Invalid');
});

describe('a row that its stream does not lead to is found', () => {
  test('only if there is one', async () => expect(await differing()).toEqual([]));

  test('where it says something else', async () => {
    await database.pool.query(`update diaries set last = null where id = 'ad'`);
    expect(await differing()).toEqual(['ad']);
  });

  test('where it is missing', async () => {
    await database.pool.query(`delete from diaries where id = 'ada'`);
    expect(await differing()).toEqual(['ada']);
  });

  test('where no stream ever told of it', async () => {
    await database.pool.query(`insert into diaries values ('eve', 1, 1, 'made up')`);
    expect(await differing()).toEqual(['eve']);
  });

  test('where it outlived the key of its person', async () => {
    await database.owner.query(`delete from data_keys where subject = 'diary-ada'`);
    expect(await differing()).toEqual(['ada']);
  });
});
