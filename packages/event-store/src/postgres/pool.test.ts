import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, startNetwork } from '@kith/stack/testing';
import type { Pool } from 'pg';

import { diaryDatabase } from '../diary.fixture.ts';
import { ask, openPool } from './pool.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;
beforeAll(async () => {
  database = await diaryDatabase();
});
afterAll(async () => database[Symbol.asyncDispose]());

async function behindNetwork(statementMs?: number) {
  await using resources = new AsyncDisposableStack();
  const network = resources.use(await startNetwork(database.url));
  const pool = resources.adopt(openPool(network.url, { ...(statementMs && { statementMs }) }), (p) => p.end());
  // The network goes first: a pool waits for the answers on its connections.
  resources.use(network);
  const opened = resources.move();
  return { network, pool, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

const settings = async (pool: Pool) => {
  const { rows } = await pool.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name like 'tcp\\_%' or name = 'statement_timeout'`,
  );
  return Object.fromEntries(rows.map(({ name, setting }) => [name, Number(setting)]));
};

test('the server ends the session of a node that has gone without a word within 30 s', async () => {
  await using pooled = await behindNetwork();
  const { tcp_keepalives_idle, tcp_keepalives_interval, tcp_keepalives_count, tcp_user_timeout } = await settings(
    pooled.pool,
  );
  expect(tcp_keepalives_idle! + tcp_keepalives_interval! * tcp_keepalives_count!).toBeLessThan(30);
  expect(tcp_keepalives_idle).toBeGreaterThan(0);
  expect(tcp_user_timeout).toBeLessThan(30_000);
  expect(tcp_user_timeout).toBeGreaterThan(0);
});

test('a question that the network swallows fails, and its place in the pool is free again', async () => {
  await using pooled = await behindNetwork(200);
  await pooled.pool.query('select 1');
  pooled.network.goSilent();
  await expect(pooled.pool.query('select 1')).rejects.toThrow('timeout');
  expect(pooled.pool.totalCount).toBe(0);
});

test('the server says first that a statement took too long', async () => {
  await using pooled = await behindNetwork(200);
  await expect(pooled.pool.query('select pg_sleep(5)')).rejects.toMatchObject({ code: '57014' });
});

test('a connection that is cut during a write fails that write, and not the process', async () => {
  await using pooled = await behindNetwork();
  const failure = ask(pooled.pool, { text: 'select pg_sleep(5)' }).catch((error: unknown) => error);
  await eventually(async () => {
    const { rows } = await database.owner.query(`select from pg_stat_activity where query = 'select pg_sleep(5)'`);
    expect(rows).toHaveLength(1);
  });
  pooled.network.cut();
  expect(await failure).toMatchObject({ message: 'Connection terminated unexpectedly' });
});
