import { hash } from 'node:crypto';
import { join } from 'node:path';

import type { Page } from '@kith/contracts';
import type { Account, CreatedToken, Token } from '@kith/contracts/tokens';
import { differingRows, migrate, openPool } from '@kith/event-store';
import { testDatabase } from '@kith/stack/testing';
import pg from 'pg';

import { accountAggregate } from './account/service.ts';
import { buildApp } from './app.ts';
import { services } from './services.ts';
import { tokenAggregate } from './token/service.ts';

const KEY = 'an internal key of at least 32 characters';

export const UNKNOWN_ACCOUNT = 'acc_00000000000000000000000000';
export const UNKNOWN_TOKEN = 'tok_00000000000000000000000000';
export const UNKNOWN_WORKSPACE = 'ws_00000000000000000000000000';

type Item = Pick<Token, 'id' | 'name' | 'createdAt'>;

/** The service on a database of its own. Its end proves that every row equals the fold of its stream. */
export async function serviceOnDatabase() {
  const database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../migrations'));
  const pool = openPool(database.url);
  const app = buildApp(services(pool), { logger: false, internalKeys: [KEY], ready: async () => {} });
  const headers = { 'x-kith-internal-key': KEY };

  const get = (url: string) => app.inject({ url, headers });
  const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload, headers });
  const patch = (url: string, payload: object) => app.inject({ method: 'PATCH', url, payload, headers });
  const del = (url: string) => app.inject({ method: 'DELETE', url, headers });

  const keyed = (url: string, payload: object, key: string, scope = 'operator', hashed = 'ab') =>
    app.inject({
      method: 'POST',
      url,
      payload,
      headers: {
        ...headers,
        'x-kith-token': scope,
        'idempotency-key': hash('sha256', `${scope}\n${key}`),
        'x-kith-request-hash': hashed.repeat(32),
      },
    });

  const newAccount = async (changes: object = {}) =>
    (await post('/accounts', { name: 'Acme', plan: 'business', ...changes })).json<Account>();

  async function newToken(changes: object = {}) {
    const account = await newAccount();
    const workspaceId = account.workspaces[0]?.id ?? '';
    const token = (await post('/tokens', { name: 'ERP', workspaceId, ...changes })).json<CreatedToken>();
    return { account, workspaceId, token };
  }
  const introspect = (token: string) => post('/tokens/introspect', { hash: hash('sha256', token, 'hex') });

  const page = async (url: string) => (await get(url)).json<Page<Item>>();

  /** Reads page after page by the cursor. */
  async function everything(url: string): Promise<Item[]> {
    const found: Item[] = [];
    let next: string | null = url;
    while (next !== null) {
      const { items, nextCursor }: Page<Item> = await page(next);
      found.push(...items);
      next = nextCursor && `${url}&cursor=${nextCursor}`;
    }
    return found;
  }

  async function countEvents(): Promise<number> {
    const { rows } = await pool.query<{ count: number }>(`select count(*)::int as count from events`);
    return rows[0]?.count ?? 0;
  }

  /** Runs a statement as the database's owner, where the service itself lacks the privilege. */
  async function asOwner(text: string, values: readonly unknown[] = []) {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query(text, [...values])).rows as Record<string, string>[];
    } finally {
      await client.end();
    }
  }

  return {
    pool,
    app,
    get,
    post,
    patch,
    del,
    keyed,
    newAccount,
    newToken,
    introspect,
    page,
    everything,
    countEvents,
    asOwner,
    async [Symbol.asyncDispose]() {
      const differing = [
        ...(await differingRows(pool, accountAggregate)),
        ...(await differingRows(pool, tokenAggregate)),
      ];
      await app.close();
      await pool.end();
      await database[Symbol.asyncDispose]();
      if (differing.length > 0)
        throw new Error(`Rows that differ from the fold of their streams: ${differing.join(', ')}`);
    },
  };
}
