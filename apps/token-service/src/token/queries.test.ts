import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { migrate, openPool } from '@kith/event-store';
import { query, testDatabase } from '@kith/stack/testing';
import type { Pool } from 'pg';

import { tokenQueries } from './queries.ts';

const OURS = 'ws_00000000000000000000000001';
const THEIRS = 'ws_00000000000000000000000002';
const NOBODYS = 'ws_00000000000000000000000003';
const ACCOUNT = 'acc_00000000000000000000000001';

const idOf = (n: number) => `tok_${String(n).padStart(26, '0')}`;
const hashOf = (n: number) => String(n).padStart(64, '0');
const row = (n: number, workspace: string, created: string, { expires = 'null', revoked = 'null' } = {}) =>
  `('${idOf(n)}', 1, '${workspace}', 'Token ${n}', 'wisedata', '{contacts.readonly}', '${hashOf(n)}', 'wxy${n}',
    ${expires}, '${created}', ${revoked})`;

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let tokens: ReturnType<typeof tokenQueries>;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../../migrations'));
  const at = '2026-01-01T00:00:00Z';
  await query(
    database.url,
    `insert into accounts (id, version, name, plan, limits, api_access, workspaces, created_at, updated_at) values
       ('${ACCOUNT}', 1, 'Acme', 'pro', '{"consuelo": {"callsPerDay": null}}', '{consuelo}', '[]', '${at}', '${at}')`,
  );
  await query(
    database.url,
    `insert into workspaces (id, account_id, name) values ('${OURS}', '${ACCOUNT}', 'Acme'), ('${THEIRS}', '${ACCOUNT}', 'Branch')`,
  );
  await query(
    database.url,
    `insert into tokens (id, version, workspace_id, name, dialect, scopes, hash, preview, expires_at, created_at, revoked_at) values
       ${[
         row(1, OURS, '2026-01-01T00:00:00Z', { expires: `'9999-12-31T23:59:59.999Z'` }),
         row(2, OURS, '2026-01-02T00:00:00Z'),
         row(3, OURS, '2026-01-02T00:00:00Z'),
         row(4, THEIRS, '2026-01-03T00:00:00Z'),
         row(5, OURS, '2026-01-04T00:00:00Z', { revoked: `'2026-01-05T00:00:00Z'` }),
         row(6, OURS, '2026-01-05T00:00:00Z', { expires: `now() - interval '1 second'` }),
       ].join(', ')}`,
  );
  await query(
    database.url,
    `insert into token_uses (token_id, used_at) values ('${idOf(1)}', '2026-02-03T04:05:06.789Z'), ('${idOf(2)}', now())`,
  );
  pool = openPool(database.url);
  tokens = tokenQueries(pool);
});
afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const FIRST = {
  id: idOf(1),
  name: 'Token 1',
  preview: 'wxy1',
  workspaceId: OURS,
  dialect: 'wisedata',
  scopes: ['contacts.readonly'],
  createdAt: '2026-01-01T00:00:00.000Z',
  lastUsedAt: '2026-02-03T04:05:06.789Z',
  expiresAt: '9999-12-31T23:59:59.999Z',
};
const idsOf = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id);

describe('a token', () => {
  test('is read with its last use and without its hash', async () => {
    expect(await tokens.byId(idOf(1), OURS)).toEqual(FIRST);
    expect(await tokens.byId(idOf(3), OURS)).toMatchObject({ lastUsedAt: null, expiresAt: null });
  });

  test('is read by the operator without its workspace, even after its end', async () => {
    expect(await tokens.byId(idOf(6), undefined)).toMatchObject({ id: idOf(6) });
  });

  test.each([
    ['of another workspace', 4, OURS],
    ['that is revoked', 5, OURS],
    ['without a row', 9, undefined],
  ])('%s is not found', async (_, n, workspace) => {
    await expect(tokens.byId(idOf(n), workspace)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('a page of tokens', () => {
  test('has those of one workspace, newest first and by id at the same moment, and no revoked one', async () => {
    const page = await tokens.page(OURS, { page: 1, perPage: 9 });
    expect(idsOf(page.items)).toEqual([6, 3, 2, 1].map(idOf));
    expect(page).toMatchObject({ total: 4, nextCursor: null });
    expect(page.items.at(-1)).toEqual(FIRST);
    expect(await tokens.page(NOBODYS, { page: 1, perPage: 9 })).toEqual({ items: [], total: 0, nextCursor: null });
  });

  test('has those of all workspaces for the operator', async () => {
    const { items, total } = await tokens.page(undefined, { page: 1, perPage: 9 });
    expect([idsOf(items), total]).toEqual([[6, 4, 3, 2, 1].map(idOf), 5]);
  });

  test('is followed by the next one, by number and by cursor, between two of one moment', async () => {
    const first = await tokens.page(OURS, { page: 1, perPage: 2 });
    expect([idsOf(first.items), first.total]).toEqual([[6, 3].map(idOf), 4]);
    const byNumber = await tokens.page(OURS, { page: 2, perPage: 2 });
    expect(idsOf(byNumber.items)).toEqual([2, 1].map(idOf));
    expect(await tokens.page(OURS, { page: 1, perPage: 2, cursor: first.nextCursor! })).toEqual(byNumber);
  });

  test('stays in its workspace after a cursor of another one', async () => {
    const { nextCursor } = await tokens.page(undefined, { page: 1, perPage: 1 });
    const { items } = await tokens.page(THEIRS, { page: 1, perPage: 9, cursor: nextCursor! });
    expect(idsOf(items)).toEqual([idOf(4)]);
  });
});

describe('an introspection', () => {
  test('answers the bearer and the terms of the account over those of its plan', async () => {
    expect(await tokens.introspect(hashOf(1))).toEqual({
      info: {
        tokenId: idOf(1),
        workspaceId: OURS,
        accountId: ACCOUNT,
        name: 'Token 1',
        dialect: 'wisedata',
        scopes: ['contacts.readonly'],
        expiresAt: '9999-12-31T23:59:59.999Z',
        plan: 'pro',
        limits: { wisepops: { callsPer30Days: 1500 }, consuelo: { callsPerMinute: 300, callsPerDay: null } },
        apiAccess: ['consuelo'],
      },
      useIsNews: true,
    });
  });

  test.each([
    ['a first use', 3, true],
    ['a use within the minute', 2, false],
  ])('says of %s whether to note it', async (_, n, useIsNews) => {
    expect(await tokens.introspect(hashOf(n))).toMatchObject({ info: { tokenId: idOf(n) }, useIsNews });
  });

  test.each([
    ['a revoked', 5],
    ['an expired', 6],
    ['an unknown', 9],
  ])('finds no token by the hash of %s one', async (_, n) => {
    await expect(tokens.introspect(hashOf(n))).rejects.toMatchObject({ kind: 'not-found' });
  });
});

test.each([
  ['its live tokens, and neither revoked nor expired ones', OURS, { workspaceExists: true, others: 3 }],
  ['its own tokens alone', THEIRS, { workspaceExists: true, others: 1 }],
  ['nothing where it does not exist', NOBODYS, { workspaceExists: false, others: 0 }],
])('a workspace counts %s before a new token', async (_, workspace, expected) => {
  expect(await tokens.beforeCreating(workspace)).toEqual(expected);
});
