import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Pool } from 'pg';

import { commandHandler } from './command-handler.ts';
import { diary, diaryDatabase, remark, ring } from './diary.fixture.ts';
import { differingRows, readStream } from './fold.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;
beforeAll(async () => {
  database = await diaryDatabase();
});
afterAll(async () => database[Symbol.asyncDispose]());
beforeEach(async () => {
  await database.owner.query('truncate events, data_keys, idempotency_keys, diaries cascade');
});

const diaries = () => commandHandler(database.pool, diary, { keyring: ring });
const remarks = (pool: Pool = database.pool) => commandHandler(pool, remark, { keyring: ring });
const write = (id: string, text = 'dear diary') => diaries().handle(id, { type: 'Write', id, text });
const burn = (id: string) => diaries().handle(id, { type: 'Burn', id });
const say = (id: number, about: string, text: string, pool?: Pool) =>
  remarks(pool).handle(id, { type: 'Say', id, diary: about, text });
const personal = async (stream: string) =>
  (await readStream(database.pool, stream, ring)).map((event) => event.personal);
const rows = async (text: string) => (await database.owner.query<Record<string, unknown>>(text)).rows;

/** The pool, with something that happens between what a command reads and what it writes. */
function betweenReadAndWrite(happens: () => Promise<unknown>): Pool {
  let happened = false;
  return new Proxy(database.pool, {
    get(target, property) {
      const value = Reflect.get(target, property, target) as unknown;
      if (property !== 'connect') return typeof value === 'function' ? value.bind(target) : value;
      return async () => {
        if (!happened) {
          happened = true;
          await happens();
        }
        return await target.connect();
      };
    },
  });
}

describe('an event about a person, in another stream than the person’s', () => {
  test('names the person, and is sealed by the key of the person’s own first event', async () => {
    await write('ada');
    await say(1, 'ada', 'well put');
    await say(1, 'ada', 'rather well put');
    expect(await rows(`select stream, subject, workspace_id from events order by position`)).toEqual([
      { stream: 'diary-ada', subject: 'diary-ada', workspace_id: null },
      { stream: 'remark-1', subject: 'diary-ada', workspace_id: 'ws_1' },
      { stream: 'remark-1', subject: 'diary-ada', workspace_id: 'ws_1' },
    ]);
    expect(await rows(`select subject from data_keys`)).toEqual([{ subject: 'diary-ada' }]);
    expect(await personal('remark-1')).toEqual([{ text: 'well put' }, { text: 'rather well put' }]);
    expect(await differingRows(database.pool, remark, ring)).toEqual([]);
  });

  test('opens in its own place alone, although others share its key', async () => {
    await write('ada');
    await say(1, 'ada', 'one');
    await say(2, 'ada', 'two');
    await database.owner.query(
      `update events set personal = (select personal from events where stream = 'remark-1') where stream = 'remark-2'`,
    );
    expect(await readStream(database.pool, 'remark-2', ring)).toMatchObject([{ broken: true }]);
  });

  test('goes with the person: it says nothing any more, and its row is gone', async () => {
    await write('ada');
    await write('bob');
    await say(1, 'ada', 'of ada');
    await say(2, 'bob', 'of bob');
    await burn('ada');
    expect([await personal('remark-1'), await personal('remark-2')]).toEqual([[undefined], [{ text: 'of bob' }]]);
    expect(await rows(`select id from remarks`)).toEqual([{ id: '2' }]);
    expect(await differingRows(database.pool, remark, ring)).toEqual([]);
    expect(await differingRows(database.pool, diary, ring)).toEqual([]);
  });

  test('moves to another person with the state, and is sealed by the key of that one', async () => {
    await write('ada');
    await write('bob');
    await say(1, 'ada', 'meant for bob');
    await say(1, 'bob', 'for bob');
    await burn('ada');
    expect(await personal('remark-1')).toEqual([undefined, { text: 'for bob' }]);
  });

  test('takes one read and one write, as any other does', async () => {
    await write('ada');
    await say(1, 'ada', 'one');
    const asked: string[] = [];
    const counting = new Proxy(database.pool, {
      get(target, property) {
        const value = Reflect.get(target, property, target) as unknown;
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          if (property === 'query' || property === 'connect') asked.push(property);
          return Reflect.apply(value, target, given) as unknown;
        };
      },
    });
    await say(1, 'ada', 'two', counting);
    await remarks(counting).handle(2, { type: 'Say', id: 2, diary: 'ada', text: 'three' }, { fresh: true });
    expect(asked).toEqual(['query', 'connect', 'query', 'connect']);
  });
});

describe('an event about a person who is erased meanwhile', () => {
  test('is refused, and nothing of it is stored', async () => {
    await write('ada');
    const erasing = betweenReadAndWrite(() => burn('ada'));
    await expect(say(1, 'ada', 'too late', erasing)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await rows(`select 1 from events where stream = 'remark-1' union all select 1 from remarks`)).toEqual([]);
  });

  test('never makes the person a second key', async () => {
    await write('ada');
    await burn('ada');
    await expect(say(1, 'ada', 'after the end')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(say(2, 'nobody', 'of nobody')).rejects.toMatchObject({ kind: 'not-found' });
    expect(await rows(`select subject from data_keys`)).toEqual([]);
  });

  test('seals under the dead key where nothing else refuses it', async () => {
    await write('ada');
    await database.owner.query(`alter table remarks drop constraint remarks_diary_fkey`);
    await say(
      1,
      'ada',
      'too late',
      betweenReadAndWrite(() => burn('ada')),
    );
    expect(await personal('remark-1')).toEqual([undefined]);
    await database.owner.query(
      `truncate remarks; alter table remarks add constraint remarks_diary_fkey foreign key (diary) references diaries on delete cascade`,
    );
  });
});

test('a person whose key was lost gets no other one: a further event is refused', async () => {
  await write('ada');
  await database.owner.query(`delete from data_keys`);
  await expect(write('ada', 'more')).rejects.toMatchObject({ kind: 'not-found' });
  expect(await rows(`select subject from data_keys`)).toEqual([]);
});

test('an answer that tells of a person is erased with the person, whichever stream the request was about', async () => {
  await write('ada');
  const idempotencyKey = { scope: 'token', key: 'aa'.repeat(32), hash: 'bb'.repeat(32) };
  const request = { idempotencyKey, answer: ({ text }: { text: string }) => ({ status: 201, body: { text } }) };
  const once = () => remarks().handleOnce(1, { type: 'Say', id: 1, diary: 'ada', text: 'secret' }, request);
  expect(await once()).toMatchObject({ replayed: false });
  expect(await once()).toMatchObject({ replayed: true });
  await burn('ada');
  await expect(once()).rejects.toMatchObject({ kind: 'gone' });
});

test('personal data about nobody is a fault, and is not stored', async () => {
  const nobodys = { ...remark, subject: () => undefined };
  const handler = commandHandler(database.pool, nobodys, { keyring: ring });
  await expect(handler.handle(1, { type: 'Say', id: 1, diary: 'ada', text: 'hm' })).rejects.toThrow('names nobody');
  expect(await rows(`select 1 from events`)).toEqual([]);
});

describe('a constraint of an aggregate’s own', () => {
  test('is the problem that the aggregate makes of it, without the values', async () => {
    await write('ada');
    await say(1, 'ada', 'original');
    const copy = say(2, 'ada', 'original');
    await expect(copy).rejects.toMatchObject({ kind: 'conflict', message: 'Somebody has said this before.' });
    await expect(copy).rejects.not.toHaveProperty('cause');
    expect(await rows(`select stream from events where stream like 'remark-%'`)).toEqual([{ stream: 'remark-1' }]);
  });

  test('that the aggregate does not name stays a fault', async () => {
    await write('ada');
    await say(1, 'ada', 'original');
    const unexplained = commandHandler(database.pool, { ...remark, refusals: {} }, { keyring: ring });
    await expect(unexplained.handle(2, { type: 'Say', id: 2, diary: 'ada', text: 'original' })).rejects.toMatchObject({
      code: '23505',
    });
  });

  test('refuses a request under an idempotency key, and leaves the key free', async () => {
    await write('ada');
    await say(1, 'ada', 'original');
    const idempotencyKey = { scope: 'token', key: 'ee'.repeat(32), hash: 'ff'.repeat(32) };
    const request = { idempotencyKey, answer: ({ id }: { id: number }) => ({ status: 201, body: { id } }) };
    const send = (text: string) => remarks().handleOnce(2, { type: 'Say', id: 2, diary: 'ada', text }, request);
    await expect(send('original')).rejects.toMatchObject({ kind: 'conflict' });
    expect(await send('another')).toMatchObject({ status: 201, replayed: false });
  });

  test('refuses many commands at once, within a transaction of the caller’s as well', async () => {
    await write('ada');
    await say(1, 'ada', 'original');
    const copy = [{ id: 2, command: { type: 'Say', id: 2, diary: 'ada', text: 'original' } }] as const;
    await expect(remarks().handleAll(copy)).rejects.toMatchObject({ kind: 'conflict' });
    const client = await database.pool.connect();
    await client.query('begin');
    await expect(remarks().handleAll(copy, client)).rejects.toMatchObject({ kind: 'conflict' });
    client.release(true);
  });

  test('refuses no request that is sent twice at once under one idempotency key: both get one answer', async () => {
    await write('ada');
    const idempotencyKey = { scope: 'token', key: 'cc'.repeat(32), hash: 'dd'.repeat(32) };
    const request = { idempotencyKey, answer: ({ id }: { id: number }) => ({ status: 201, body: { id } }) };
    const send = (id: number, pool?: Pool) =>
      remarks(pool).handleOnce(id, { type: 'Say', id, diary: 'ada', text: 'once' }, request, { fresh: true });
    const second = await send(
      2,
      betweenReadAndWrite(() => send(1)),
    );
    expect(second).toEqual({ status: 201, body: { id: 1 }, replayed: true });
  });
});
