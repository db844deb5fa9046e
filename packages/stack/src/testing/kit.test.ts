import { expect, test } from '@jest/globals';
import { eventually, testDatabase, testTopics } from '@kith/stack/testing';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';

test('each test file has its own empty database', async () => {
  await using database = await testDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query(`select count(*)::int as tables from pg_tables where schemaname = 'public'`);
  await client.end();
  expect(rows).toEqual([{ tables: 0 }]);
});

test('each test file has its own topics', async () => {
  await using topics = await testTopics();
  const admin = new Kafka({ brokers: [...topics.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const names = await admin.listTopics();
  await admin.disconnect();
  expect(names.filter((name) => name.startsWith(topics.prefix)).toSorted()).toEqual([
    `${topics.prefix}.contacts.v1`,
    `${topics.prefix}.tokens.v1`,
    `${topics.prefix}.verification.v1`,
  ]);
});

test('eventually waits until an assertion holds', async () => {
  let tries = 0;
  const answer = await eventually(() => {
    if (++tries < 3) throw new Error('not yet');
    return 'now';
  });
  expect(answer).toBe('now');
});

test('eventually throws the last error when an assertion never holds', async () => {
  const never = () => {
    throw new Error('still not');
  };
  await expect(eventually(never, { timeout: 50 })).rejects.toThrow('still not');
});
