import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { contactPageQuery, type ContactPageQuery } from '@kith/contracts/contacts';
import { migrate, openPool } from '@kith/event-store';
import { testDatabase } from '@kith/stack/testing';
import pg, { type Pool } from 'pg';

import { foundStatement, nearStatement, pageStatement, type Source } from './sql.ts';
import { contactQueries } from '../queries.ts';

const CONTACTS = 24_000;
const WORKSPACE = 'ws_00000000000000000000000001';
const OTHER = 'ws_00000000000000000000000002';
const LIST = 7;
/** The contacts of the workspace that are not in the list. */
const UNLISTED = 5;

let database: Awaited<ReturnType<typeof testDatabase>>;
// The owner connects, because no other role may analyze a table.
let owner: pg.Client;
let pool: Pool;
let searches: Pool;

beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../../../migrations'));
  pool = openPool(database.url);
  searches = openPool(database.url, { mayScan: true });
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  // The oldest half and three of the newest are called early, and the oldest of all has two letters that no other has.
  await owner.query(
    `insert into contacts (id, workspace_id, version, name, email, phone, lists, created_at, updated_at)
     select n, case when n = 0 then '${OTHER}' else '${WORKSPACE}' end, 1,
            case when n % 100 = 0 then null
                 when n = ${CONTACTS - 1} then 'Contact zq'
                 when n > ${CONTACTS / 2} or n in (11, 12, 13) then 'Contact early ' || n * 7919 % 100
                 else 'Contact ' || n * 7919 % 100 end,
            'contact.' || n * 7919 % ${CONTACTS} || '@kith.test', '+1415555' || lpad((n % 10000)::text, 4, '0'),
            case when n <= ${UNLISTED} then '{}'::bigint[] else '{${LIST}}' end, date_trunc('second', now()) - n / 10 * interval '1 second', now()
       from generate_series(0, ${CONTACTS}) n`,
  );
  await owner.query(
    `insert into list_members
     select ${LIST}, id, coalesce(name, ''), email, phone, created_at from contacts where lists <> '{}'`,
  );
  await owner.query(`insert into contact_lists values (${LIST}, '${WORKSPACE}', 1, 'All', now(), now())`);
  await owner.query(
    `insert into contact_counts values ('${WORKSPACE}', 0, ${CONTACTS}), ('list-${LIST}', 0, ${CONTACTS - UNLISTED})`,
  );
  await owner.query('vacuum analyze');
});
afterAll(async () => {
  await owner.end();
  await Promise.all([pool.end(), searches.end()]);
  await database[Symbol.asyncDispose]();
});

const PER_PAGE = 15;
const pageOf = (source: Source, options: Partial<ContactPageQuery>) => {
  const query = contactPageQuery.parse({ perPage: PER_PAGE, ...options });
  const queries = contactQueries(pool, searches);
  const asker = { workspaceId: WORKSPACE };
  return source === 'list' ? queries.pageOfList(asker, LIST, query) : queries.pageOfWorkspace(asker, query);
};

/** All contacts that have the term, in order, by the plainest statement. */
async function allOf(source: Source, { search, sort, order }: Pick<ContactPageQuery, 'search' | 'sort' | 'order'>) {
  const key = sort === 'created_at' ? 'created_at' : `coalesce(${sort}, '') collate "und-x-icu"`;
  const { rows } = await pool.query<{ id: string }>(
    `select id from contacts
      where workspace_id = $1 and strpos(lower(concat_ws(' ', name, email, phone)), $2) > 0 ${source === 'list' ? `and lists <> '{}'` : ''}
      order by ${key} ${order}, id ${order}`,
    [WORKSPACE, search ?? ''],
  );
  return rows.map(({ id }) => Number(id));
}

describe('a search among 24,000 contacts', () => {
  const TERMS = [
    ['a word that all have', 'contact'],
    ['two letters that all have', 'co'],
    ['a word that half have', 'early'],
    ['letters that a hundredth has', 'y 17'],
    ['two letters that one has', 'zq'],
    ['a word that none has', 'nobody'],
    ['two letters that none has', 'qz'],
  ] as const;
  const SORTS = [
    ['name', 'asc'],
    ['name', 'desc'],
    ['email', 'asc'],
    ['phone', 'desc'],
    ['created_at', 'asc'],
    ['created_at', 'desc'],
  ] as const;
  const cases = TERMS.flatMap(([what, term]) =>
    (['list', 'workspace'] as const).flatMap((source) =>
      SORTS.map(([sort, order]) => [what, source, sort, order, term] as const),
    ),
  );

  test.each(cases)('for %s, in a %s by %s %s, is in order on every page', async (_, source, sort, order, search) => {
    const all = await allOf(source, { search, sort, order });
    const page = async (options: Partial<ContactPageQuery>) => {
      const { items, ...meta } = await pageOf(source, { search, sort, order, ...options });
      return { ids: items.map(({ id }) => id), ...meta };
    };
    const counted = { total: Math.min(all.length, 10_000), moreThanTotal: all.length > 10_000 };

    const first = await page({});
    expect(first).toMatchObject({ ids: all.slice(0, PER_PAGE), ...counted });
    if (first.nextCursor)
      expect(await page({ cursor: first.nextCursor })).toMatchObject({
        ids: all.slice(PER_PAGE, 2 * PER_PAGE),
        ...counted,
      });
    const last = Math.max(1, Math.ceil(all.length / PER_PAGE));
    expect(await page({ page: last })).toMatchObject({
      ids: all.slice((last - 1) * PER_PAGE),
      nextCursor: null,
      ...counted,
    });
    expect(await page({ page: last + 1 })).toMatchObject({ ids: [], nextCursor: null, ...counted });
  });
});

describe('the server with 24,000 contacts', () => {
  const planOf = async (source: Source, statement: string, pattern = '') => {
    const values = [source === 'list' ? String(LIST) : `'${WORKSPACE}'`, '16', '0', `'{${pattern}}'`];
    const text = values.reduce((filled, value, n) => filled.replaceAll(`$${n + 1}`, value), statement);
    const { rows } = await owner.query<{ 'QUERY PLAN': string }>(`explain ${text}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  /** The rows of a page are sorted again after the join, but never all members. */
  const LARGE_SORT = /Sort .*rows=\d{3,}/;

  const PAGES = [
    ['list', 'name'],
    ['list', 'created_at'],
    ['workspace', 'name'],
    ['workspace', 'email'],
    ['workspace', 'phone'],
    ['workspace', 'created_at'],
  ] as const;

  test.each(PAGES)('reads a page of a %s by %s from an index alone, without a sort', async (source, sort) => {
    const plan = await planOf(source, pageStatement(source, { sort, order: 'asc', after: false }));
    expect(plan).toMatch(/Index Only Scan/);
    expect(plan).not.toMatch(/Seq Scan/);
    expect(plan).not.toMatch(LARGE_SORT);
  });

  test.each(PAGES)('reads a common term of a %s by %s from the same index', async (source, sort) => {
    const plan = await planOf(source, nearStatement(source, { sort, order: 'asc', after: false }), '%contact%');
    expect(plan).not.toMatch(/Seq Scan|contacts_search/);
    expect(plan).not.toMatch(LARGE_SORT);
  });

  test.each(PAGES)('finds a rare term in a %s by %s from its letters', async (source, sort) => {
    const statement = foundStatement(source, { sort, order: 'asc', after: false }, { long: true, counted: true });
    const plan = await planOf(source, statement, '%nobody%');
    expect(plan).toMatch(/contacts_search/);
    expect(plan).not.toMatch(/Seq Scan/);
  });
});
