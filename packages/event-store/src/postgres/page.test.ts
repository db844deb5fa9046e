import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { testDatabase } from '@kith/stack/testing';
import pg from 'pg';
import { z } from 'zod';

import { cursorOf } from './cursor.ts';
import { type Collection, pageOf } from './page.ts';

type Friend = { readonly id: number; readonly name: string };

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: pg.Pool;

beforeAll(async () => {
  database = await testDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  // The database may be dropped before the server has read that a connection ends.
  pool.on('error', () => {});
  await pool.query('create table friends (id int primary key, owner text, name text)');
});
afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await pool.query('truncate friends');
  await add([1, 'Bob'], [2, 'Ada'], [3, 'Bob'], [4, 'Cy'], [5, 'Bob']);
  await pool.query(`insert into friends values (6, 'other', 'Ada')`);
});

async function add(...friends: readonly (readonly [number, string])[]) {
  for (const [id, name] of friends) await pool.query(`insert into friends values ($1, 'me', $2)`, [id, name]);
}

const friends = (order: 'asc' | 'desc' = 'asc', owner = 'me'): Collection<Friend> => ({
  columns: 'id, name',
  from: 'friends',
  where: 'owner = $1',
  values: [owner],
  orderedBy: ['name', 'id'],
  order,
  positionOf: ({ id, name }) => [name, id],
  position: z.tuple([z.string(), z.int()]),
});

const ids = (items: readonly Friend[]) => items.map(({ id }) => id);
const read = async (page: number, perPage: number, cursor?: string) => {
  const { items, ...rest } = await pageOf(pool, friends(), { page, perPage, cursor });
  return { ids: ids(items), ...rest };
};

/** Every page by cursor, from the first; between two pages something happens. */
async function walk(order: 'asc' | 'desc', perPage: number, between = async (_seen: number) => {}) {
  const pages: number[][] = [];
  let cursor: string | undefined;
  do {
    const found = await pageOf(pool, friends(order), { page: 1, perPage, cursor });
    pages.push(ids(found.items));
    cursor = found.nextCursor ?? undefined;
    await between(pages.length);
  } while (cursor);
  return pages;
}

describe('a page by its number', () => {
  test('holds its part of the order, and how many there are in all', async () => {
    expect(await read(1, 2)).toEqual({ ids: [2, 1], total: 5, nextCursor: cursorOf(['Bob', 1]) });
    expect(await read(2, 2)).toEqual({ ids: [3, 5], total: 5, nextCursor: cursorOf(['Bob', 5]) });
  });

  test.each([
    ['is the last', 3, 2, [4]],
    ['ends where the collection does', 1, 5, [2, 1, 3, 5, 4]],
    ['lies beyond the end', 4, 2, []],
  ])('says that nothing comes after where it %s', async (_, page, perPage, expected) => {
    expect(await read(page, perPage)).toEqual({ ids: expected, total: 5, nextCursor: null });
  });

  test('of nothing is empty', async () => {
    const page = await pageOf(pool, friends('asc', 'nobody'), { page: 1, perPage: 15, cursor: undefined });
    expect(page).toEqual({ items: [], total: 0, nextCursor: null });
  });
});

describe('pages by cursor', () => {
  test.each([1, 2, 3, 5, 6])('show each row once in either order, %i at a time', async (perPage) => {
    for (const order of ['asc', 'desc'] as const) {
      const whole = order === 'asc' ? [2, 1, 3, 5, 4] : [4, 5, 3, 1, 2];
      const pages = await walk(order, perPage);
      expect(pages.flat()).toEqual(whole);
      expect(pages).toHaveLength(Math.ceil(5 / perPage));
    }
  });

  test('show no row twice and skip none, whatever is written before them meanwhile', async () => {
    const pages = await walk('asc', 2, async (seen) => {
      if (seen === 1) await add([7, 'Aaron'], [8, 'Abe'], [9, 'Dan']);
      if (seen === 2) await pool.query(`delete from friends where id in (1, 2, 5)`);
    });
    expect(pages).toEqual([
      [2, 1],
      [3, 5],
      [4, 9],
    ]);
  });

  test('go on from their cursor, whatever page is asked for beside it', async () => {
    expect(await read(3, 2, cursorOf(['Bob', 1]))).toEqual(await read(2, 2));
  });

  test('count all rows, not those that are left', async () => {
    expect(await read(1, 2, cursorOf(['Bob', 5]))).toEqual({ ids: [4], total: 5, nextCursor: null });
  });

  test('never lead into what belongs to another', async () => {
    // A cursor may have been made up: it lies before everything.
    expect(await read(1, 10, cursorOf(['', 0]))).toMatchObject({ ids: [2, 1, 3, 5, 4], total: 5 });
    expect(await read(1, 10, cursorOf([`' or true --`, 0]))).toMatchObject({ ids: [2, 1, 3, 5, 4] });
  });

  test('are refused from a cursor of another collection', async () => {
    await expect(read(1, 2, cursorOf([7]))).rejects.toMatchObject({
      kind: 'invalid',
      errors: { cursor: [expect.any(String)] },
    });
  });
});
