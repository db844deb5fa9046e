import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keyring, migrate, openPool } from '@kith/event-store';
import { testDatabase } from '@kith/stack/testing';
import type { Pool } from 'pg';

import { buildApp, services } from './app.ts';

const KEY = 'an internal key of at least 32 characters';
const [old, current] = [randomBytes(32), randomBytes(32)];

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let before: ReturnType<typeof appWith>;
let after: ReturnType<typeof appWith>;

/** The service with these key-encryption keys. */
function appWith(...keys: readonly Buffer[]) {
  const app = buildApp(services(pool, keyring(keys)), { logger: false, internalKeys: [KEY], ready: async () => {} });
  const headers = {
    'x-kith-internal-key': KEY,
    'x-kith-workspace': 'ws_00000000000000000000000001',
    'x-kith-token': 'tok_00000000000000000000000001',
  };
  return {
    call: (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', url: string, payload?: object) =>
      app.inject({ method, url, headers, ...(payload && { payload }) }),
    close: () => app.close(),
  };
}

beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../migrations'));
  pool = openPool(database.url);
  before = appWith(old);
  after = appWith(current);
});
afterAll(async () => {
  await Promise.all([before.close(), after.close()]);
  await pool.end();
  await database[Symbol.asyncDispose]();
});

async function contactUnderOldKey(): Promise<number> {
  const answer = await before.call('POST', '/contacts', { name: 'Ada', email: 'ada@kith.test' });
  return answer.json<{ id: number }>().id;
}

describe('without the encryption key that a contact was sealed with', () => {
  test('the contact is read, put in a list and erased', async () => {
    const id = await contactUnderOldKey();
    const list = (await after.call('POST', '/contact-lists', { name: 'VIP' })).json<{ id: number }>().id;
    expect((await after.call('GET', `/contacts/${id}`)).json()).toMatchObject({ name: 'Ada' });
    expect((await after.call('PUT', `/contact-lists/${list}/contacts/${id}`)).statusCode).toBe(200);
    expect((await after.call('DELETE', `/contacts/${id}`)).statusCode).toBe(204);
    expect((await after.call('GET', `/contacts/${id}`)).statusCode).toBe(404);
    const { rows } = await pool.query(`select stream from data_keys where stream = 'contact-${id}'`);
    expect(rows).toEqual([]);
  });

  test('a change is refused with 503 that names the missing key, and changes nothing', async () => {
    const id = await contactUnderOldKey();
    const { rows } = await pool.query<{ kek: string }>(`select kek from data_keys where stream = 'contact-${id}'`);
    const answer = await after.call('PATCH', `/contacts/${id}`, { name: 'Grace' });
    expect(answer.json()).toMatchObject({
      status: 503,
      title: 'unavailable',
      detail: expect.stringContaining(rows[0]!.kek),
    });
    expect((await after.call('GET', `/contacts/${id}`)).json()).toMatchObject({ name: 'Ada', version: 1 });
    expect((await before.call('PATCH', `/contacts/${id}`, { name: 'Grace' })).statusCode).toBe(200);
  });
});
