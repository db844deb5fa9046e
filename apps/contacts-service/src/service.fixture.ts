import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { differingRows, keyring, migrate, openPool } from '@kith/event-store';
import { testDatabase } from '@kith/stack/testing';

import { buildApp } from './app.ts';
import { contactAggregate } from './contact/service.ts';
import { contactListAggregate } from './list/service.ts';
import { services } from './services.ts';

export const KEY = 'an internal key of at least 32 characters';
export const WORKSPACE = 'ws_00000000000000000000000001';
export const OTHER = 'ws_00000000000000000000000002';

/** The headers that the gateway forwards. */
export const headers = (workspace = WORKSPACE) => ({
  'x-kith-internal-key': KEY,
  'x-kith-workspace': workspace,
  'x-kith-token': 'tok_00000000000000000000000001',
});

/** The service on a database of its own. Its end proves that every row equals the fold of its stream. */
export async function serviceOnDatabase() {
  const database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../migrations'));
  const pool = openPool(database.url);
  const ring = keyring([randomBytes(32)]);
  const deps = services(pool, ring);
  const app = buildApp(deps, { logger: false, internalKeys: [KEY], ready: async () => {} });

  const get = (url: string, workspace?: string) => app.inject({ url, headers: headers(workspace) });
  const post = (url: string, payload: object, workspace?: string) =>
    app.inject({ method: 'POST', url, payload, headers: headers(workspace) });

  return {
    pool,
    deps,
    app,
    get,
    post,
    async newList(name = 'VIP Customers'): Promise<number> {
      return (await post('/contact-lists', { name })).json<{ id: number }>().id;
    },
    /** The number of rows: a refusal changes none. */
    async stored() {
      const { rows } = await pool.query(
        `select (select count(*) from events) as events, (select count(*) from contacts) as contacts, (select count(*) from list_members) as members`,
      );
      return rows;
    },
    async [Symbol.asyncDispose]() {
      const differing = [
        ...(await differingRows(pool, contactAggregate, ring)),
        ...(await differingRows(pool, contactListAggregate)),
      ];
      await app.close();
      await pool.end();
      await database[Symbol.asyncDispose]();
      if (differing.length > 0)
        throw new Error(`Rows that differ from the fold of their streams: ${differing.join(', ')}`);
    },
  };
}

/** The envelope of a message from verification-service. */
export const received = (contactId: number) => ({
  key: String(contactId),
  id: randomUUID(),
  source: '/kith/verification-service',
  subject: `contacts/${contactId}`,
  sequence: 1,
  time: new Date(),
  partition: 0,
  offset: '0',
});
