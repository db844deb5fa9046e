import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { migrate, openPool } from '@kith/event-store';
import { query, testDatabase } from '@kith/stack/testing';
import type { Pool } from 'pg';

import { contactListQueries } from './queries.ts';

const OURS = 'ws_00000000000000000000000001';
const THEIRS = 'ws_00000000000000000000000002';
const NOBODYS = 'ws_00000000000000000000000003';

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let lists: ReturnType<typeof contactListQueries>;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../../migrations'));
  await query(
    database.url,
    `insert into contact_lists (id, workspace_id, version, name, created_at, updated_at) values
       (30, '${OURS}', 1, 'Third', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
       (10, '${OURS}', 3, 'First', '2026-01-02T00:00:00Z', '2026-01-03T04:05:06.789Z'),
       (15, '${THEIRS}', 1, 'Foreign', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'),
       (20, '${OURS}', 1, 'Second', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')`,
  );
  await query(
    database.url,
    `insert into contact_counts (scope, slot, contacts) values
       ('list-10', 0, 5), ('list-10', 7, -2), ('list-15', 0, 9), ('${OURS}', 0, 100), ('list-1', 0, 50)`,
  );
  pool = openPool(database.url);
  lists = contactListQueries(pool);
});
afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const FIRST = {
  id: 10,
  workspaceId: OURS,
  name: 'First',
  contactsCount: 3,
  createdAt: '2026-01-02T00:00:00.000Z',
  updatedAt: '2026-01-03T04:05:06.789Z',
  version: 3,
};
const namesOf = (items: readonly { readonly name: string }[]) => items.map(({ name }) => name);

describe('a list', () => {
  test('is read with the sum of its counters', async () => {
    expect(await lists.byId(OURS, 10)).toEqual(FIRST);
  });

  test('without a counter has no contacts', async () => {
    expect(await lists.byId(OURS, 20)).toMatchObject({ name: 'Second', contactsCount: 0 });
  });

  test.each([
    ['of another workspace', THEIRS, 10],
    ['without a row', OURS, 11],
  ])('%s is not found', async (_, workspace, id) => {
    await expect(lists.byId(workspace, id)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('the lists of a workspace', () => {
  test('come all at once by id, and no other workspace’s', async () => {
    const all = await lists.all(OURS);
    expect(all[0]).toEqual(FIRST);
    expect(namesOf(all)).toEqual(['First', 'Second', 'Third']);
    expect(namesOf(await lists.all(THEIRS))).toEqual(['Foreign']);
    expect(await lists.all(NOBODYS)).toEqual([]);
  });

  test('come in pages by number and by cursor, with their total', async () => {
    const first = await lists.page(OURS, { page: 1, perPage: 2 });
    expect(first.items[0]).toEqual(FIRST);
    expect([namesOf(first.items), first.total]).toEqual([['First', 'Second'], 3]);
    const last = { items: [await lists.byId(OURS, 30)], total: 3, nextCursor: null };
    expect(await lists.page(OURS, { page: 2, perPage: 2 })).toEqual(last);
    expect(await lists.page(OURS, { page: 1, perPage: 2, cursor: first.nextCursor! })).toEqual(last);
  });

  test('end with a full page that has no next one', async () => {
    expect(await lists.page(OURS, { page: 1, perPage: 3 })).toMatchObject({ total: 3, nextCursor: null });
    expect(await lists.page(OURS, { page: 2, perPage: 3 })).toEqual({ items: [], total: 3, nextCursor: null });
  });

  test('stay in their workspace after a cursor of another one', async () => {
    const { nextCursor } = await lists.page(OURS, { page: 1, perPage: 1 });
    expect(namesOf((await lists.page(THEIRS, { page: 1, perPage: 9, cursor: nextCursor! })).items)).toEqual([
      'Foreign',
    ]);
  });
});

describe('a list that is about to be created', () => {
  test('gets a number of its own, and the number of the workspace’s other lists', async () => {
    const [ours, theirs, nobodys] = [
      await lists.beforeCreating(OURS),
      await lists.beforeCreating(THEIRS),
      await lists.beforeCreating(NOBODYS),
    ];
    expect([ours.others, theirs.others, nobodys.others]).toEqual([3, 1, 0]);
    expect(new Set([ours.id, theirs.id, nobodys.id]).size).toBe(3);
  });
});
