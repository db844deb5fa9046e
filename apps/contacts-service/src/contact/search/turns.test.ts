import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { keyring, migrate, openPool } from '@kith/event-store';
import { eventually, testDatabase } from '@kith/stack/testing';
import pg, { type Pool } from 'pg';

import { buildApp } from '../../app.ts';
import { services } from '../../services.ts';
import { SEARCH_CONNECTIONS } from './turns.ts';

const KEY = 'an internal key of at least 32 characters';
const FLOODER = 'ws_00000000000000000000000001';
const OTHER = 'ws_00000000000000000000000002';

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let searches: Pool;
let app: ReturnType<typeof buildApp>;
let owner: pg.Client;
let watcher: pg.Client;
let list: number;
let contact: number;

beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../../../migrations'));
  pool = openPool(database.url);
  searches = openPool(database.url, { max: SEARCH_CONNECTIONS, mayScan: true, applicationName: 'searches' });
  const deps = services(pool, keyring([randomBytes(32)]), { searches });
  app = buildApp(deps, { logger: false, internalKeys: [KEY], ready: async () => {} });
  list = (await post(FLOODER, '/contact-lists', { name: 'All' })).json<{ id: number }>().id;
  contact = (await post(OTHER, '/contacts', { name: 'Ada' })).json<{ id: number }>().id;
  owner = new pg.Client({ connectionString: database.url });
  watcher = new pg.Client({ connectionString: database.url });
  await Promise.all([owner.connect(), watcher.connect()]);
});
afterAll(async () => {
  await Promise.all([owner.end(), watcher.end()]);
  await app.close();
  await Promise.all([pool.end(), searches.end()]);
  await database[Symbol.asyncDispose]();
});

// The lock on the members makes searches of a list wait, and nothing else here.
beforeEach(async () => {
  await owner.query('begin; lock table list_members in access exclusive mode');
});
afterEach(() => owner.query('rollback'));

const headers = (workspace: string) => ({
  'x-kith-internal-key': KEY,
  'x-kith-workspace': workspace,
  'x-kith-token': 'tok_00000000000000000000000001',
});
// `inject` sends its request when it is first awaited: an async function sends it at once.
const get = async (workspace: string, url: string) => app.inject({ url, headers: headers(workspace) });
const post = (workspace: string, url: string, payload: object) =>
  app.inject({ method: 'POST', url, payload, headers: headers(workspace) });
const slowSearch = () => get(FLOODER, `/contact-lists/${list}/contacts?search=ada`);

/** The number of running searches that are stopped by the lock. */
const waitingForTheLock = async () => {
  const { rows } = await watcher.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity where application_name = 'searches' and wait_event_type = 'Lock'`,
  );
  return rows[0]?.count;
};

describe('while 120 slow searches of a workspace are under way', () => {
  test('another workspace reads by id, and its search runs at once', async () => {
    const flood = Array.from({ length: 120 }, slowSearch);
    await eventually(async () => expect(await waitingForTheLock()).toBeGreaterThanOrEqual(SEARCH_CONNECTIONS - 1));
    expect((await get(OTHER, `/contacts/${contact}`)).statusCode).toBe(200);
    const found = await get(OTHER, '/contacts?search=ada');
    expect(found.json()).toMatchObject({ items: [{ id: contact }], total: 1 });
    // No search of the flood has ended.
    expect(await waitingForTheLock()).toBe(SEARCH_CONNECTIONS - 1);

    await owner.query('rollback');
    const statuses = (await Promise.all(flood)).map(({ statusCode }) => statusCode);
    // 3 were under way and 32 waited: on a slow machine some of these lose patience.
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(SEARCH_CONNECTIONS - 1);
  });

  test('a search too many is refused with 503 before any other has ended', async () => {
    const flood = Array.from({ length: 120 }, slowSearch);
    const refused = await flood[119];
    expect(refused?.statusCode).toBe(503);
    expect(refused?.headers['retry-after']).toBe('1');
    await owner.query('rollback');
    const statuses = (await Promise.all(flood)).map(({ statusCode }) => statusCode);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    // On a slow machine some arrive only when there is room again.
    expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(40);
  });
});

test('a search is not run when its client has gone', async () => {
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const flood = Array.from({ length: 3 }, slowSearch);
  await eventually(async () => expect(await waitingForTheLock()).toBe(3));
  const gone = new AbortController();
  const path = `/contact-lists/${list}/contacts?search=gone`;
  const answer = fetch(url + path, { headers: headers(FLOODER), signal: gone.signal });
  const connections = promisify(app.server.getConnections.bind(app.server));
  await eventually(async () => expect(await connections()).toBe(1));
  // It waits for its turn once one that came later has had its answer.
  expect((await get(OTHER, `/contact-lists/${list}/contacts?search=none`)).statusCode).toBe(404);
  gone.abort();
  await expect(answer).rejects.toThrow('aborted');
  await eventually(async () => expect(await connections()).toBe(0));

  const made: unknown[] = [];
  searches.on('acquire', (client) => made.push(client));
  await owner.query('rollback');
  await Promise.all(flood);
  expect((await slowSearch()).statusCode).toBe(200);
  expect(made).toHaveLength(1);
});
