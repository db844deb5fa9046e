import { hash } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { everyRow } from '@kith/stack/testing';

import { commandHandler } from './command-handler.ts';
import { diary, diaryDatabase, ring } from './diary.fixture.ts';
import { parkingLot } from './parking-lot.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;
beforeAll(async () => {
  database = await diaryDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

const sha256 = (text: string) => hash('sha256', text);

test('statistics of the planner hold no key, event, request or parked message of anyone', async () => {
  const { pool, owner, url } = database;
  const diaries = commandHandler(pool, diary, { keyring: ring });
  const lot = parkingLot(pool, 'reader');
  // The server keeps no statistics of a single value.
  for (const id of ['ada', 'bob', 'eve']) {
    const idempotencyKey = { scope: 'token', key: sha256(id), hash: sha256(`the request of ${id}`) };
    const answer = () => ({ status: 201, body: { id } });
    await diaries.handleOnce(id, { type: 'Write', id, text: `secret of ${id}` }, { answer, idempotencyKey });
    const reason = `${id} is not readable`;
    const place = { topic: 'topic', partition: 0, offset: String(id.charCodeAt(0)), key: id };
    const failed = { attempts: 1, overtakes: false, reason };
    await lot.park([
      { ...place, ...failed, headers: { of: `the headers of ${id}` }, value: Buffer.from(`value of ${id}`) },
    ]);
  }
  await owner.query('analyze');

  const { rows } = await owner.query<Record<string, string>>(
    `select encode(wrapped, 'hex') as wrapped, encode(personal, 'hex') as personal
       from data_keys join events using (subject)`,
  );
  expect(rows).toHaveLength(3);
  const secrets = [
    ...rows.flatMap((row) => Object.values(row)),
    ...['ada', 'bob', 'eve'].flatMap((id) => [
      sha256(id),
      sha256(`the request of ${id}`),
      `the headers of ${id}`,
      `${id} is not readable`,
      Buffer.from(`value of ${id}`).toString('hex'),
    ]),
  ];
  const statistics = (await everyRow(url)).flatMap(({ table, row }) => (table === 'pg_statistic' ? [row] : []));
  // The search looks in the right place: the planner knows which streams there are.
  expect(statistics.join('\n')).toContain('diary-ada');
  expect(secrets.filter((secret) => statistics.some((row) => row.includes(secret)))).toEqual([]);
});
