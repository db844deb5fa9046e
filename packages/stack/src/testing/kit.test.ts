import { expect, test } from '@jest/globals';
import { eventually, testDatabase, testTopics } from '@kith/stack/testing';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';

test('a test file has an empty database of its own', async () => {
  await using database = await testDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query(`select count(*)::int as tables from pg_tables where schemaname = 'public'`);
  await client.end();
  expect(rows).toEqual([{ tables: 0 }]);
});

test('a test file has topics of its own', async () => {
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

test('what becomes true is waited for', async () => {
  let tries = 0;
  const answer = await eventually(() => {
    if (++tries < 3) throw new Error('not yet');
    return 'now';
  });
  expect(answer).toBe('now');
});

test('what never becomes true fails with its own last error', async () => {
  const never = () => {
    throw new Error('still not');
  };
  await expect(eventually(never, { timeout: 50 })).rejects.toThrow('still not');
});
