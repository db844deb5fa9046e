import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { migrate, openPool } from '@kith/event-store';
import { query, testDatabase } from '@kith/stack/testing';
import type { Pool } from 'pg';

import { accountQueries } from './queries.ts';

const idOf = (n: number) => `acc_${String(n).padStart(26, '0')}`;
const workspace = { id: 'ws_00000000000000000000000001', name: 'Acme' };

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let accounts: ReturnType<typeof accountQueries>;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../../migrations'));
  await query(
    database.url,
    `insert into accounts (id, version, name, plan, limits, api_access, workspaces, created_at, updated_at) values
       ('${idOf(4)}', 1, 'Fourth', 'free', null, null, '[]', '2026-01-03T00:00:00Z', '2026-01-03T00:00:00Z'),
       ('${idOf(3)}', 1, 'Third', 'free', null, null, '[]', '2026-01-02T00:00:00Z', '2026-01-02T00:00:00Z'),
       ('${idOf(2)}', 1, 'Second', 'pro', null, null, '[]', '2026-01-02T00:00:00Z', '2026-01-02T00:00:00Z'),
       ('${idOf(9)}', 2, 'First', 'pro', '{"consuelo": {"callsPerDay": null}}', '{consuelo}',
        '${JSON.stringify([workspace])}', '2026-01-01T00:00:00Z', '2026-01-04T05:06:07.089Z')`,
  );
  pool = openPool(database.url);
  accounts = accountQueries(pool);
});
afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const PRO = { wisepops: { callsPer30Days: 1500 }, consuelo: { callsPerMinute: 300, callsPerDay: 50_000 } };
const FIRST = {
  id: idOf(9),
  name: 'First',
  plan: 'pro',
  limits: { ...PRO, consuelo: { callsPerMinute: 300, callsPerDay: null } },
  apiAccess: ['consuelo'],
  workspaces: [workspace],
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-04T05:06:07.089Z',
};
const namesOf = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name);

describe('an account', () => {
  test('is read with its own terms over those of its plan', async () => {
    expect(await accounts.byId(idOf(9))).toEqual(FIRST);
  });

  test('without terms of its own has those of its plan', async () => {
    expect(await accounts.byId(idOf(2))).toMatchObject({ limits: PRO, apiAccess: ['wisepops', 'consuelo'] });
  });

  test('without a row is not found', async () => {
    await expect(accounts.byId(idOf(5))).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('a page of accounts', () => {
  test('has the oldest first, and those of one moment by id', async () => {
    const page = await accounts.page({ page: 1, perPage: 9 });
    expect(namesOf(page.items)).toEqual(['First', 'Second', 'Third', 'Fourth']);
    expect(page).toMatchObject({ total: 4, nextCursor: null });
    expect(page.items[0]).toEqual(FIRST);
  });

  test('is followed by the next one, by number and by cursor, between two of one moment', async () => {
    const first = await accounts.page({ page: 1, perPage: 2 });
    expect([namesOf(first.items), first.total]).toEqual([['First', 'Second'], 4]);
    const second = await accounts.page({ page: 2, perPage: 2 });
    expect([namesOf(second.items), second.nextCursor]).toEqual([['Third', 'Fourth'], null]);
    expect(await accounts.page({ page: 1, perPage: 2, cursor: first.nextCursor! })).toEqual(second);
  });

  test('beyond the last one is empty and still has the total', async () => {
    expect(await accounts.page({ page: 3, perPage: 2 })).toEqual({ items: [], total: 4, nextCursor: null });
  });
});
