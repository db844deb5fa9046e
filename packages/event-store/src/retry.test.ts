import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { diaryDatabase } from './diary.fixture.ts';
import { retried, violated } from './retry.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;
beforeAll(async () => {
  database = await diaryDatabase();
  await database.owner.query(
    `insert into data_keys values ('diary-ada', 'kek', ''); insert into diaries values ('ada', 1, 1, 'hello');
     insert into remarks values (1, 1, 'ada', 'well put');
     insert into idempotency_keys (scope, key, hash, status) values ('token', '', '', 201);
     insert into events (stream, version, event_id, type, schema_version, data, meta, recorded_at)
       values ('diary-ada', 1, '018f2b6e-7c1a-7d3e-9b5f-2a4c6e8f0a1b', 'Written', 1, '{}', '{}', now())`,
  );
});
afterAll(async () => database[Symbol.asyncDispose]());

const event = (stream: string, id: string) =>
  `insert into events (stream, version, event_id, type, schema_version, data, meta, recorded_at)
     values ('${stream}', 1, '${id}', 'Written', 1, '{}', '{}', now())`;
const OWN_ID = '018f2b6e-7c1a-7d3e-9b5f-2a4c6e8f0a1c';
const TAKEN_ID = '018f2b6e-7c1a-7d3e-9b5f-2a4c6e8f0a1b';

const lostRaces = {
  events_pkey: event('diary-ada', OWN_ID),
  events_event_id_key: event('diary-bob', TAKEN_ID),
  data_keys_pkey: `insert into data_keys values ('diary-ada', 'kek', '')`,
  idempotency_keys_pkey: `insert into idempotency_keys (scope, key, hash, status) values ('token', '', '', 201)`,
};
const rules = {
  remarks_text: `insert into remarks values (2, 1, 'ada', 'well put')`,
  remarks_pkey: `insert into remarks values (1, 1, 'ada', 'otherwise')`,
  remarks_diary_fkey: `insert into remarks values (2, 1, 'nobody', 'otherwise')`,
};

/** Ends the session that the statement runs on, as a server that goes down does. A service may not. */
const END_OWN_SESSION = 'set role none; select pg_terminate_backend(pg_backend_pid())';

/** Asks the statement of so many attempts, and the last one something that succeeds. */
async function asking(statement: string, failures: number) {
  const attempts: number[] = [];
  const result = await retried(async (attempt) => {
    attempts.push(attempt);
    await database.pool.query(attempts.length <= failures ? statement : 'select 1');
    return 'done';
  }).catch((error: unknown) => error);
  return { attempts, result };
}

test('work that succeeds is done once', async () => {
  expect(await asking('', 0)).toEqual({ attempts: [1], result: 'done' });
});

describe('a race that was lost', () => {
  test.each(Object.entries(lostRaces))('on %s is run again, up to the third attempt', async (constraint, statement) => {
    expect(await asking(statement, 1)).toEqual({ attempts: [1, 2], result: 'done' });
    expect(await asking(statement, 2)).toEqual({ attempts: [1, 2, 3], result: 'done' });
    const { attempts, result } = await asking(statement, 3);
    expect(attempts).toEqual([1, 2, 3]);
    expect(result).toMatchObject({ name: 'Problem', kind: 'conflict', cause: { constraint } });
  });
});

describe('a connection that was lost', () => {
  test('is asked anew, up to the third attempt', async () => {
    expect(await asking(END_OWN_SESSION, 2)).toEqual({ attempts: [1, 2, 3], result: 'done' });
  });

  test('is told as what it is when it stays lost: the database is away', async () => {
    const { attempts, result } = await asking(END_OWN_SESSION, 3);
    expect(attempts).toEqual([1, 2, 3]);
    expect(result).toMatchObject({ code: '57P01' });
  });

  test.each(['08006', '57P01', '57P02', '57P03', 'ECONNRESET', 'EPIPE'])('is known by %s', async (code) => {
    let attempts = 0;
    const lost = Object.assign(new Error('lost'), { code });
    await expect(retried(() => Promise.reject((attempts++, lost)))).rejects.toBe(lost);
    expect(attempts).toBe(3);
  });

  test('is known by the words of pg, which have no code', async () => {
    let attempts = 0;
    const lost = new Error('Connection terminated unexpectedly');
    await expect(retried(() => Promise.reject((attempts++, lost)))).rejects.toBe(lost);
    expect(attempts).toBe(3);
  });
});

describe('anything else', () => {
  test.each(Object.entries(rules))('is told at once: %s is a rule, and no race', async (constraint, statement) => {
    const { attempts, result } = await asking(statement, 3);
    expect(attempts).toEqual([1]);
    expect(result).toMatchObject({ constraint });
  });

  test.each(['select 1 / 0', 'select nothing', 'set statement_timeout = 1; select pg_sleep(5)'])(
    'is told at once: %s',
    async (statement) => {
      expect((await asking(statement, 3)).attempts).toEqual([1]);
    },
  );

  test('is told at once, even if it is no error', async () => {
    let attempts = 0;
    await expect(retried(() => Promise.reject((attempts++, '23505')))).rejects.toBe('23505');
    expect(attempts).toBe(1);
  });
});

describe('the constraint that a statement violated', () => {
  test.each(Object.entries({ ...lostRaces, ...rules }))('is named: %s', async (constraint, statement) => {
    expect(await database.pool.query(statement).catch(violated)).toBe(constraint);
  });

  test('is none where a value is missing, where a statement is wrong, or where nothing answered', async () => {
    const missing = `insert into remarks values (2, 1, null, 'x')`;
    expect(await database.pool.query(missing).catch(violated)).toBeUndefined();
    expect(await database.pool.query('select 1 / 0').catch(violated)).toBeUndefined();
    expect([new Error('away'), 'away', undefined].map(violated)).toEqual([undefined, undefined, undefined]);
  });
});
