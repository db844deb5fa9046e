import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { keyring, migrate, openPool } from '@kith/event-store';
import { testDatabase } from '@kith/stack/testing';
import type { Pool } from 'pg';

import { buildApp } from './app.ts';
import { services } from './services.ts';

const KEY = 'an internal key of at least 32 characters';
const [old, current] = [randomBytes(32), randomBytes(32)];

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let before: ReturnType<typeof appWith>;
let after: ReturnType<typeof appWith>;

/** Starts the service with these key-encryption keys. */
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
    const { rows } = await pool.query(`select subject from data_keys where subject = 'contact-${id}'`);
    expect(rows).toEqual([]);
  });

  test('a change is refused with 503 that names the missing key, and changes nothing', async () => {
    const id = await contactUnderOldKey();
    const { rows } = await pool.query<{ kek: string }>(`select kek from data_keys where subject = 'contact-${id}'`);
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

describe('npm run kith -- keys', () => {
  const [oldId, currentId] = [keyring([old]).names[0], keyring([current]).names[0]];

  /** Runs the script of `kith keys` with this ENCRYPTION_KEY. */
  async function keys(action: string, ...ring: readonly Buffer[]) {
    const ENCRYPTION_KEY = ring.map((key) => key.toString('base64')).join(',');
    const child = spawn(process.execPath, [join(import.meta.dirname, 'keys.ts'), action], {
      env: { DATABASE_URL: database.url, ENCRYPTION_KEY },
    });
    const [said, printed, [code]] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'exit')]);
    for (const key of ring) expect(said + printed).not.toContain(key.toString('base64'));
    return { said, printed, code: code as number };
  }

  beforeEach(async () => {
    await pool.query('delete from data_keys');
  });

  test('status names the missing encryption key, the unneeded one, and how many data keys each wraps', async () => {
    await contactUnderOldKey();
    expect(await keys('status', current)).toEqual({
      said: '',
      printed: `contacts-service\n  ${currentId}  data keys: 0  wraps new ones\n  ${oldId}  data keys: 1  missing from ENCRYPTION_KEY\n`,
      code: 1,
    });
    await contactUnderOldKey();
    const { printed, code } = await keys('status', current, old);
    expect(printed).toContain(`${oldId}  data keys: 2  to be rewrapped\n`);
    expect(code).toBe(0);
  });

  test('rewrap makes the old encryption key needless: contacts are changed without it', async () => {
    const id = await contactUnderOldKey();
    expect(await keys('rewrap', current, old)).toEqual({
      said: '',
      printed: 'Rewrapped: 1. Left under other keys: 0.\n',
      code: 0,
    });
    expect((await keys('status', current, old)).printed).toContain(`${oldId}  data keys: 0  may be taken out`);
    expect((await after.call('PATCH', `/contacts/${id}`, { name: 'Grace' })).statusCode).toBe(200);
  });

  test('rewrap without a key that is needed changes nothing and names it', async () => {
    await contactUnderOldKey();
    const { said, code } = await keys('rewrap', current);
    expect(said).toContain(`ENCRYPTION_KEY lacks ${oldId},`);
    expect(code).toBe(1);
  });
});
