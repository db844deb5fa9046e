import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { testDatabase } from '@kith/stack/testing';
import { Client } from 'pg';

import { listParked, retryParked } from './parked.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let empty: Awaited<ReturnType<typeof testDatabase>>;
let client: Client;

beforeAll(async () => {
  database = await testDatabase();
  empty = await testDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`
    create table parked_messages (
      consumer text, topic text, partition int, "offset" bigint, key text, headers jsonb, value bytea, reason text,
      parked_at timestamptz default now(), attempts int, retry_at timestamptz,
      primary key (consumer, topic, partition, "offset"))`);
});
afterAll(async () => {
  await client.end();
  await database[Symbol.asyncDispose]();
  await empty[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await client.query('delete from parked_messages');
  await client.query(`
    insert into parked_messages (consumer, topic, partition, "offset", key, headers, value, reason, attempts, retry_at)
    select 'contacts-service', 'kith.verification.v1', partition, "offset", key, '{}', 'ada@kith.test', 'not JSON', 1, now() + interval '1 hour'
      from (values (3, 17, '42'), (4, 5, '43'), (4, 6, '44'), (4, 7, '43'), (4, 8, '43')) m (partition, "offset", key)`);
});

const due = async () => {
  const parked = await listParked([database.url], {});
  return parked.filter(({ retryAt }) => retryAt <= new Date()).map(({ offset }) => offset);
};

test('the list shows the parked messages of every service, without their content', async () => {
  const messages = await listParked([empty.url, database.url], { offset: '17' });
  expect(messages).toMatchObject([
    { consumer: 'contacts-service', partition: 3, offset: '17', key: '42', reason: 'not JSON', attempts: 1 },
  ]);
  expect(JSON.stringify(messages)).not.toContain('ada@kith.test');
});

test('the picked messages are retried after the earlier ones of their keys, and no others', async () => {
  expect(await retryParked([database.url], { partition: '3' })).toBe(1);
  expect(await due()).toEqual(['17']);
  expect(await retryParked([database.url], { partition: '4', offset: '7' })).toBe(2);
  expect(await due()).toEqual(['17', '5', '7']);
});

test('all messages are retried', async () => {
  expect(await retryParked([database.url, empty.url], {})).toBe(5);
  expect(await due()).toHaveLength(5);
});
