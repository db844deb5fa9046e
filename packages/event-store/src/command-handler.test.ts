import { hash as digest, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Problem } from '@kith/contracts';
import { eventually } from '@kith/stack/testing';
import type { Pool } from 'pg';

import { type CommandContext, commandHandler } from './command-handler.ts';
import { differingRows, readStream } from './fold.ts';
import { diary, diaryDatabase, LONGEST, ring } from './diary.fixture.ts';
import { startForgettingIdempotencyKeys } from './idempotency-keys.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;
let pool: Pool;
let diaries: ReturnType<typeof handler>;
const handler = (on: Pool) => commandHandler(on, diary, { keyring: ring });

beforeAll(async () => {
  database = await diaryDatabase();
  pool = database.pool;
  diaries = handler(pool);
});
afterAll(async () => {
  expect(await differingRows(pool, diary, ring)).toEqual([]);
  await database[Symbol.asyncDispose]();
});

const write = (id: string, text: string, context?: CommandContext) =>
  diaries.handle(id, { type: 'Write', id, text }, context);
const entry = (id: string, text: string) => ({ id, command: { type: 'Write' as const, id, text } });
const versions = async (id: string) => (await readStream(pool, `diary-${id}`, ring)).map(({ version }) => version);

test('a command is recorded, and its aggregate reads as it left it', async () => {
  expect(await write('first', 'hello')).toMatchObject({ version: 1, pages: 1, last: 'hello' });
  expect(await write('first', 'again')).toMatchObject({ version: 2, pages: 2, last: 'again' });
});

test('a command that changes nothing stores nothing', async () => {
  await write('quiet', 'hello');
  await write('quiet', 'hello');
  expect(await versions('quiet')).toEqual([1]);
});

test('a refused command leaves no trace', async () => {
  await expect(write('refused', '')).rejects.toBeInstanceOf(Problem);
  const { rows } = await pool.query(
    `select 1 from events where stream = 'diary-refused' union all select 1 from diaries where id = 'refused'`,
  );
  expect(rows).toEqual([]);
});

describe('an event that could not be read back', () => {
  const secret = 'secret '.repeat(LONGEST);

  test('is refused, and nothing of its command is stored', async () => {
    await write('unreadable', 'fine');
    await expect(write('unreadable', secret)).rejects.toThrow('diary-unreadable');
    await expect(diaries.handleAll([entry('beside', 'fine'), entry('unreadable', secret)])).rejects.toThrow();
    expect(await versions('unreadable')).toEqual([1]);
    expect(await versions('beside')).toEqual([]);
    expect(await write('unreadable', 'still fine')).toMatchObject({ pages: 2 });
  });

  test('is named by its place in the stored form, never by its value', async () => {
    await expect(write('unreadable', secret)).rejects.toEqual(
      new Error('diary-unreadable: Written cannot be stored (personal.text too_big).'),
    );
  });
});

describe('many writers on one stream', () => {
  test('win one version each, and leave no gap', async () => {
    await write('busy', '0');
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, (_, n) => write('busy', `writer ${n}`)));
    const won = outcomes.filter(({ status }) => status === 'fulfilled').length;
    const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(won).toBeGreaterThan(0);
    for (const reason of lost) expect(reason).toMatchObject({ name: 'Problem', kind: 'conflict' });
    expect(await versions('busy')).toEqual(Array.from({ length: won + 1 }, (_, n) => n + 1));
    expect(await write('busy', 'last')).toMatchObject({ pages: won + 2 });
  });
});

test('a lost race costs no connection', async () => {
  await write('raced', '0');
  const { rows: before } = await database.owner.query(
    `select sum(sessions)::int as n from pg_stat_database where datname = current_database()`,
  );
  for (let round = 0; round < 10; round++) {
    await Promise.allSettled(Array.from({ length: 8 }, (_, n) => write('raced', `${round} ${n}`)));
  }
  const { rows: after } = await database.owner.query(
    `select sum(sessions)::int as n from pg_stat_database where datname = current_database()`,
  );
  expect(after).toEqual(before);
});

describe('a command that comes twice', () => {
  test('has one effect', async () => {
    const commandId = randomUUID();
    await write('twice', 'once', { commandId });
    await write('twice', 'other');
    expect(await write('twice', 'once', { commandId })).toMatchObject({ pages: 2, last: 'other' });
  });

  test('has one effect even where its id was fresh', async () => {
    const context = { commandId: randomUUID(), fresh: true };
    await write('fresh-twice', 'once', context);
    expect(await write('fresh-twice', 'once', context)).toMatchObject({ pages: 1 });
  });
});

test('a write whose answer was lost with the connection is recognised, not repeated', async () => {
  let cut = true;
  const unsteady = new Proxy(pool, {
    get(target, property, receiver) {
      if (property === 'query') return target.query.bind(target);
      if (property !== 'connect') return Reflect.get(target, property, receiver) as unknown;
      return async () => {
        const client = await target.connect();
        return {
          release: (broken: boolean) => client.release(broken),
          async query(statement: { text: string }) {
            await client.query(statement);
            if (!cut) return;
            cut = false;
            throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
          },
        };
      };
    },
  });
  expect(await handler(unsteady).handle('unsteady', { type: 'Write', id: 'unsteady', text: 'hello' })).toMatchObject({
    pages: 1,
  });
  expect(await versions('unsteady')).toEqual([1]);
});

describe('many commands at once', () => {
  test('are recorded in order, in one transaction', async () => {
    const facts = await diaries.handleAll([entry('a', '0'), entry('b', '1'), entry('a', '2'), entry('a', '2')]);
    expect(facts).toEqual([1, 1, 1, 0]);
    const { rows } = await pool.query(
      `select count(distinct transaction)::int as transactions from events where stream in ('diary-a', 'diary-b')`,
    );
    expect(rows).toEqual([{ transactions: 1 }]);
    expect(await versions('a')).toEqual([1, 2]);
  });

  test('are all refused when one is', async () => {
    await expect(diaries.handleAll([entry('c', 'fine'), entry('d', '')])).rejects.toBeInstanceOf(Problem);
    expect(await versions('c')).toEqual([]);
  });
});

describe('within a longer transaction', () => {
  const inTransaction = async (before: string) => {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query(before);
      await diaries.handleAll([entry(`tx ${before}`, 'hello')], client);
      await client.query('commit');
    } finally {
      client.release(true);
    }
  };

  test('events are stored after reads', async () => {
    await inTransaction('select 1');
    expect(await versions('tx select 1')).toEqual([1]);
  });

  test('a transaction id that was drawn early is refused', async () => {
    await expect(inTransaction('select pg_current_xact_id()')).rejects.toThrow('first thing');
    expect(await versions('tx select pg_current_xact_id()')).toEqual([]);
  });
});

describe('personal data', () => {
  test('is sealed where it is stored, and opens for who holds the key', async () => {
    await write('private', 'my secret');
    const { rows } = await pool.query<{ line: string; personal: Buffer }>(
      `select e::text as line, personal from events e where stream = 'diary-private'`,
    );
    expect(rows.map(({ line, personal }) => line + personal.toString('latin1')).join()).not.toContain('my secret');
    expect(await readStream(pool, 'diary-private', ring)).toMatchObject([{ personal: { text: 'my secret' } }]);
  });

  test('opens in its place alone', async () => {
    await write('from', 'moved');
    await write('to', 'original');
    await database.owner.query(
      `update events set personal = (select personal from events where stream = 'diary-from') where stream = 'diary-to'`,
    );
    const [event] = await readStream(pool, 'diary-to', ring);
    expect(event).toMatchObject({ broken: true });
    expect(event).not.toHaveProperty('personal');
    await expect(differingRows(pool, diary, ring)).rejects.toThrow();
    await database.owner.query(`delete from events where stream = 'diary-to'; delete from diaries where id = 'to'`);
  });

  test('is gone with its key', async () => {
    await write('shredded', 'forget me');
    await database.owner.query(`delete from data_keys where subject = 'diary-shredded'`);
    const [event] = await readStream(pool, 'diary-shredded', ring);
    expect(event).not.toHaveProperty('personal');
    await database.owner.query(
      `delete from events where stream = 'diary-shredded'; delete from diaries where id = 'shredded'`,
    );
  });
});

test.each(['update events set version = version', 'delete from events', 'truncate events'])(
  'a service may not %s',
  async (statement) => {
    await expect(pool.query(statement)).rejects.toMatchObject({ code: '42501' });
  },
);

test('a row that is not what its stream folds to is found', async () => {
  await write('tampered', 'true');
  await pool.query(`update diaries set last = 'false' where id = 'tampered'`);
  expect(await differingRows(pool, diary, ring)).toEqual(['tampered']);
  await pool.query(`update diaries set last = 'true' where id = 'tampered'`);
});

describe('a request with an idempotency key', () => {
  const request = (key: string, hash = 'aa'.repeat(32)) => ({
    idempotencyKey: { scope: 'token', key: digest('sha256', key), hash },
    answer: ({ pages }: { pages: number }) => ({ status: 201, body: { pages } }),
  });
  const once = (id: string, text: string, key: string, hash?: string, context?: CommandContext) =>
    diaries.handleOnce(id, { type: 'Write', id, text }, request(key, hash), context);

  test('that comes again has one effect, and the same answer', async () => {
    const first = { status: 201, body: { pages: 1 } };
    expect(await once('keyed', 'one', 'k1')).toEqual({ ...first, replayed: false });
    await write('keyed', 'two');
    expect(await once('keyed', 'one', 'k1')).toEqual({ ...first, replayed: true });
    expect(await versions('keyed')).toEqual([1, 2]);
  });

  test('that comes again under a freshly drawn id has one effect', async () => {
    await once('drawn-1', 'one', 'k2', undefined, { fresh: true });
    expect(await once('drawn-2', 'one', 'k2', undefined, { fresh: true })).toMatchObject({ replayed: true });
    expect(await versions('drawn-2')).toEqual([]);
  });

  test('that comes again writes nothing, not even in vain: the server would log whose key it was', async () => {
    await once('read-1', 'one', 'k10', undefined, { fresh: true });
    await database.owner.query(`revoke insert on events, idempotency_keys from kith_app`);
    try {
      const again = await once('read-2', 'one', 'k10', undefined, { fresh: true });
      expect(again).toMatchObject({ status: 201, replayed: true });
    } finally {
      await database.owner.query(`grant insert on events, idempotency_keys to kith_app`);
    }
  });

  test('that comes many times at once has one effect', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => once(`many-${n}`, 'one', 'k3', undefined, { fresh: true })),
    );
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    const { rows } = await pool.query(`select 1 from events where stream like 'diary-many-%'`);
    expect(rows).toHaveLength(1);
  });

  test('is refused for another request', async () => {
    await once('other', 'one', 'k4');
    await expect(once('other', 'two', 'k4', 'bb'.repeat(32))).rejects.toMatchObject({ kind: 'conflict' });
    expect(await versions('other')).toEqual([1]);
  });

  test('may be sent again after a refusal', async () => {
    await expect(once('free', '', 'k5')).rejects.toMatchObject({ kind: 'invalid' });
    expect(await once('free', 'one', 'k5')).toMatchObject({ replayed: false });
  });

  test('is answered so even where nothing changed', async () => {
    await write('same', 'one');
    expect(await once('same', 'one', 'k6')).toMatchObject({ status: 201, replayed: false });
    expect(await once('same', 'one', 'k6')).toMatchObject({ status: 201, replayed: true });
  });

  test('whose answer was erased is gone', async () => {
    await once('erased', 'one', 'k7');
    await pool.query(`update idempotency_keys set body = null where subject = 'diary-erased'`);
    await expect(once('erased', 'one', 'k7')).rejects.toMatchObject({ kind: 'gone' });
  });

  test('may use that key anew after a day', async () => {
    await once('yesterday', 'one', 'k8');
    await once('today', 'one', 'k9');
    const errors: unknown[] = [];
    await using _ = startForgettingIdempotencyKeys(pool, { onError: (error) => errors.push(error), everyMs: 20 });
    await pool.query(
      `update idempotency_keys set created_at = now() - interval '24 hours' where subject = 'diary-yesterday'`,
    );
    await eventually(async () => {
      const { rows } = await pool.query(
        `select subject from idempotency_keys where subject in ('diary-yesterday', 'diary-today')`,
      );
      expect(rows).toEqual([{ subject: 'diary-today' }]);
    });
    expect(await once('tomorrow', 'two', 'k8', 'bb'.repeat(32))).toMatchObject({ replayed: false });
    expect(errors).toEqual([]);
  });
});
