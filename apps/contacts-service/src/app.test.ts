import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { differingRows, keyring, migrate, openPool } from '@kith/event-store';
import { testDatabase } from '@kith/stack/testing';
import pg, { type Pool } from 'pg';

import { buildApp, contactAggregate, contactListAggregate, services, type Services } from './app.ts';
import { recordVerdicts } from './consumers/verification.ts';
import { pageStatement } from './queries/contacts.ts';

const KEY = 'an internal key of at least 32 characters';
const WORKSPACE = 'ws_00000000000000000000000001';
const OTHER = 'ws_00000000000000000000000002';
const ring = keyring([randomBytes(32)]);

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let deps: Services;
let app: ReturnType<typeof buildApp>;

beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../migrations'));
  pool = openPool(database.url);
  deps = services(pool, ring);
  app = buildApp(deps, { logger: false, internalKeys: [KEY], ready: async () => {} });
});
afterAll(async () => {
  expect(await differingRows(pool, contactAggregate, ring)).toEqual([]);
  expect(await differingRows(pool, contactListAggregate)).toEqual([]);
  await app.close();
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const headers = (workspace = WORKSPACE) => ({
  'x-kith-internal-key': KEY,
  'x-kith-workspace': workspace,
  'x-kith-token': 'tok_00000000000000000000000001',
});
const get = (url: string, workspace?: string) => app.inject({ url, headers: headers(workspace) });
const post = (url: string, payload: object, workspace?: string) =>
  app.inject({ method: 'POST', url, payload, headers: headers(workspace) });

async function newList(name = 'VIP Customers'): Promise<number> {
  return (await post('/contact-lists', { name })).json<{ id: number }>().id;
}

const stored = async () =>
  (
    await pool.query(
      `select (select count(*) from events) as events, (select count(*) from contacts) as contacts, (select count(*) from list_members) as members`,
    )
  ).rows;

describe('a list', () => {
  test('is created, and is among all of its workspace, with how many it has', async () => {
    const id = await newList('Counted');
    await post(`/contact-lists/${id}/contacts`, { name: 'Ada' });
    await post(`/contact-lists/${id}/contacts`, { name: 'Bob' });
    const lists = (await get('/contact-lists')).json<{ id: number }[]>();
    expect(lists.find((list) => list.id === id)).toMatchObject({ name: 'Counted', contactsCount: 2, version: 1 });
    expect((await get('/contact-lists', OTHER)).json()).toEqual([]);
  });
});

describe('a contact', () => {
  test('is created in a list, reads back as it was written, and is checked in the background (WD-12, WD-13)', async () => {
    const list = await newList();
    const answer = await post(`/contact-lists/${list}/contacts`, {
      name: 'Ada Lovelace',
      email: 'Ada@Example.com',
      phone: '+1 (555) 123-4567',
    });
    expect(answer.statusCode).toBe(201);
    const created = answer.json<{ id: number }>();
    expect(created).toMatchObject({
      workspaceId: WORKSPACE,
      name: 'Ada Lovelace',
      firstName: 'Ada',
      lastName: 'Lovelace',
      email: 'Ada@Example.com',
      emailStatus: 'pending',
      phone: '+1 (555) 123-4567',
      phoneE164: '+15551234567',
      phoneStatus: 'pending',
      company: null,
      lists: [list],
      version: 1,
    });
    expect((await get(`/contacts/${created.id}`)).json()).toEqual(created);
  });

  test('has no status where there is nothing to check (WD-36)', async () => {
    const list = await newList();
    const { id } = (await post(`/contact-lists/${list}/contacts`, { name: 'Ada' })).json<{ id: number }>();
    expect((await get(`/contacts/${id}`)).json()).toMatchObject({
      email: null,
      emailStatus: null,
      phone: null,
      phoneStatus: null,
    });
  });

  test('of another workspace, or in a list of one, does not exist (WD-52, T-7)', async () => {
    const list = await newList();
    const { id } = (await post(`/contact-lists/${list}/contacts`, { name: 'Ada' })).json<{ id: number }>();
    const before = await stored();
    expect((await get(`/contacts/${id}`, OTHER)).statusCode).toBe(404);
    expect((await get(`/contact-lists/${list}/contacts`, OTHER)).statusCode).toBe(404);
    expect((await post(`/contact-lists/${list}/contacts`, { name: 'Eve' }, OTHER)).statusCode).toBe(404);
    expect(await stored()).toEqual(before);
  });

  test('that is refused leaves no row and no event (T-16)', async () => {
    const list = await newList();
    const before = await stored();
    const answer = await post(`/contact-lists/${list}/contacts`, { name: 'Ada', email: 'nowhere', phone: '1' });
    expect(answer.statusCode).toBe(422);
    expect(Object.keys(answer.json<{ errors: object }>().errors).toSorted()).toEqual(['email', 'phone']);
    expect(await stored()).toEqual(before);
  });

  test('is nowhere in clear among the events', async () => {
    const list = await newList();
    await post(`/contact-lists/${list}/contacts`, { name: 'Canary Kanarienvogel', email: 'canary@kith.test' });
    const { rows } = await pool.query<{ line: string; personal: Buffer }>(
      `select (e.*)::text as line, personal from events e where personal is not null`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { line, personal } of rows) {
      expect(`${line} ${personal.toString('latin1')}`.toLowerCase()).not.toMatch(/canary|kanarien/);
    }
  });
});

describe('the contacts of a list (WD-11)', () => {
  const page = async (list: number, query: string) =>
    (await get(`/contact-lists/${list}/contacts?${query}`)).json<{
      items: { name: string; id: number }[];
      total: number;
    }>();

  test('come a page at a time, newest first', async () => {
    const list = await newList();
    for (let n = 1; n <= 5; n++) await post(`/contact-lists/${list}/contacts`, { name: `Contact ${n}` });
    const names = ({ items }: { items: { name: string }[] }) => items.map(({ name }) => name);
    expect(await page(list, 'perPage=2')).toMatchObject({
      total: 5,
      items: [{ name: 'Contact 5' }, { name: 'Contact 4' }],
    });
    expect(names(await page(list, 'perPage=2&page=3'))).toEqual(['Contact 1']);
    expect(await page(list, 'perPage=2&page=4')).toEqual({ total: 5, items: [] });
  });

  test.each(['name', 'email', 'phone', 'created_at'])('are sorted by %s both ways, ties by id', async (sort) => {
    const list = await newList();
    for (const [name, email] of [
      ['Zoe', 'z@kith.test'],
      ['ada', 'a@kith.test'],
      ['Bob', 'b@kith.test'],
      ['Bob', 'b@kith.test'],
    ]) {
      await post(`/contact-lists/${list}/contacts`, { name, email, phone: `+1415555267${email?.charCodeAt(0)}` });
    }
    const up = (await page(list, `sort=${sort}&order=asc`)).items;
    const down = (await page(list, `sort=${sort}&order=desc`)).items;
    expect(down).toEqual(up.toReversed());
    if (sort === 'name') expect(up.map(({ name }) => name)).toEqual(['ada', 'Bob', 'Bob', 'Zoe']);
  });

  test('of 100,000 are found by an index, without a sort', async () => {
    const list = await newList();
    await pool.query(
      `insert into contacts (id, workspace_id, version, name, lists, created_at, updated_at)
       select nextval('contact_ids'), 'plan', 1, 'Contact ' || n, array[$1::bigint], now(), now() from generate_series(1, 100000) n`,
      [list],
    );
    await pool.query(
      `insert into list_members select $1, id, name, '', '', created_at from contacts where workspace_id = 'plan'`,
      [list],
    );
    // Only the owner of a table may analyze it.
    const owner = new pg.Client(database.url);
    await owner.connect();
    await owner.query('analyze');
    await owner.end();
    const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
      `explain ${pageStatement('name', 'asc').replace('$1', String(list)).replace('$2', '15').replace('$3', '0')}`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).not.toMatch(/Sort|Seq Scan/);
    await pool.query(`delete from contacts where workspace_id = 'plan'`);
    await pool.query(`delete from list_members where list_id = $1`, [list]);
  });
});

describe('a verdict', () => {
  const verdict = (contactId: number, valueVersion: number) => ({
    key: String(contactId),
    id: randomUUID(),
    sequence: 1,
    time: new Date(),
    partition: 0,
    offset: '0',
    event: {
      type: 'StatusVerified' as const,
      data: {
        contactId,
        workspaceId: WORKSPACE,
        field: 'email' as const,
        valueVersion,
        status: 'valid' as const,
        reasons: [],
        checkedAt: new Date().toISOString(),
      },
    },
  });
  const statusOf = async (id: number) =>
    (await get(`/contacts/${id}`)).json<{ emailStatus: string; version: number }>();

  test('settles the status, once, however often it comes (WD-40)', async () => {
    const list = await newList();
    const { id } = (await post(`/contact-lists/${list}/contacts`, { name: 'Ada', email: 'ada@kith.test' })).json<{
      id: number;
    }>();
    const message = verdict(id, 1);
    await recordVerdicts(deps, [message, message]);
    await recordVerdicts(deps, [message]);
    expect(await statusOf(id)).toMatchObject({ emailStatus: 'valid', version: 2 });
    const told = (
      await app.inject({ url: `/contacts/${id}/events?after=0`, headers: { 'x-kith-internal-key': KEY } })
    ).json<{ sequence: number; event: { type: string } }[]>();
    expect(told.map(({ sequence, event }) => [sequence, event.type])).toEqual([
      [1, 'ContactCreated'],
      [2, 'ContactStatusChanged'],
    ]);
  });

  test('for an earlier value is dropped (WD-43)', async () => {
    const list = await newList();
    const { id } = (await post(`/contact-lists/${list}/contacts`, { name: 'Ada', email: 'a@kith.test' })).json<{
      id: number;
    }>();
    await deps.contacts.handle(String(id), {
      type: 'ChangeContact',
      workspaceId: WORKSPACE,
      changes: { email: 'b@kith.test' },
      phoneE164: null,
    });
    await recordVerdicts(deps, [verdict(id, 1)]);
    expect(await statusOf(id)).toMatchObject({ emailStatus: 'pending', version: 2 });
  });

  test('for a contact that does not exist is dropped', async () => {
    await recordVerdicts(deps, [verdict(999_999_999, 1)]);
    expect((await get('/contacts/999999999')).statusCode).toBe(404);
  });
});

test.each([
  ['without the internal key', {}],
  ['with a wrong one', { 'x-kith-internal-key': 'x'.repeat(40) }],
])('nobody is answered %s', async (_, sent) => {
  const { 'x-kith-internal-key': _key, ...principal } = headers();
  const answer = await app.inject({ url: '/contact-lists', headers: { ...principal, ...sent } });
  expect(answer.statusCode).toBe(401);
});
