import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from '@kith/contracts';
import type { ContactList } from '@kith/contracts/contacts';
import { differingRows, keyring, migrate, openPool } from '@kith/event-store';
import { testDatabase } from '@kith/stack/testing';
import type { Pool } from 'pg';

import { buildApp } from './app.ts';
import { contactAggregate } from './contact/service.ts';
import { contactListAggregate } from './list/service.ts';
import { services, type Services } from './services.ts';
import { recordVerdicts } from './consumer.ts';
import { unlistSome } from './list/run.ts';

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

const heard = (contactId: number) => ({
  key: String(contactId),
  id: randomUUID(),
  source: '/kith/verification-service',
  sequence: 1,
  time: new Date(),
  partition: 0,
  offset: '0',
});

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
    const lists = (await get('/contact-lists/all')).json<{ id: number }[]>();
    expect(lists.find((list) => list.id === id)).toMatchObject({ name: 'Counted', contactsCount: 2, version: 1 });
    expect((await get('/contact-lists/all', OTHER)).json()).toEqual([]);
  });

  test('is on a page of them, whatever is made and deleted meanwhile', async () => {
    const workspace = 'ws_00000000000000000000000005';
    const page = async (query: string) =>
      (await get(`/contact-lists?perPage=2&${query}`, workspace)).json<Page<ContactList>>();
    const namesOf = ({ items }: Page<ContactList>) => items.map(({ name }) => name);
    for (const name of ['One', 'Two', 'Three']) await post('/contact-lists', { name }, workspace);
    const first = await page('');
    expect([namesOf(first), first.total]).toEqual([['One', 'Two'], 3]);
    expect(await page('page=2')).toMatchObject({ items: [{ name: 'Three' }], total: 3, nextCursor: null });
    expect(await page('page=9007199254740991')).toEqual({ items: [], total: 3, nextCursor: null });

    await app.inject({ method: 'DELETE', url: `/contact-lists/${first.items[0]!.id}`, headers: headers(workspace) });
    await post('/contact-lists', { name: 'Four' }, workspace);
    const second = await page(`cursor=${first.nextCursor}`);
    expect([namesOf(second), second.total, second.nextCursor]).toEqual([['Three', 'Four'], 3, null]);
  });

  test('is one of a thousand at most (NA-16)', async () => {
    const workspace = 'ws_00000000000000000000000006';
    const make = (name: string, sent: object = {}) =>
      app.inject({
        method: 'POST',
        url: '/contact-lists',
        payload: { name },
        headers: { ...headers(workspace), ...sent },
      });
    const made = Array.from({ length: 999 }, async (_, n) => {
      const { id } = await deps.lists.beforeCreating(workspace);
      const command = { type: 'CreateContactList', id, workspaceId: workspace, name: `List ${n}`, others: n } as const;
      return { id: String(id), command, context: { fresh: true } };
    });
    await deps.lists.handleAll(await Promise.all(made));
    const key = { 'idempotency-key': 'c3'.repeat(32), 'x-kith-request-hash': 'd4'.repeat(32) };
    const last = await make('The thousandth', key);
    expect(last.statusCode).toBe(201);

    const before = await stored();
    const refused = await make('One too many');
    expect(refused.statusCode).toBe(422);
    expect(refused.json()).toMatchObject({ errors: { body: ['A workspace has at most 1000 contact lists.'] } });
    expect(await stored()).toEqual(before);
    expect((await get('/contact-lists/all', workspace)).json()).toHaveLength(1_000);
    // The request that made the last one is answered again, though there is no room for another.
    const replay = await make('The thousandth', key);
    expect([replay.statusCode, replay.headers['idempotency-replayed']]).toEqual([201, 'true']);

    const url = `/contact-lists/${last.json<{ id: number }>().id}`;
    await app.inject({ method: 'DELETE', url, headers: headers(workspace) });
    expect((await make('In its place')).statusCode).toBe(201);
  });

  test('is not renamed by a change that names nothing, whatever is written beside it (NA-7, NA-8)', async () => {
    const url = `/contact-lists/${await newList('Before')}`;
    const change = (payload: object, sent: object = {}) =>
      app.inject({ method: 'PATCH', url, payload, headers: { ...headers(), ...sent } });
    for (let n = 1; n <= 20; n++) {
      const renaming = change({ name: `Name ${n}` });
      const answers = await Promise.all([renaming, ...Array.from({ length: 4 }, () => change({}))]);
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200, 200]);
      expect((await get(url)).json()).toMatchObject({ name: `Name ${n}`, version: n + 1 });
    }
    expect((await change({}, { 'if-match': '"v1"' })).statusCode).toBe(412);
  });

  test.each(['nonsense', 'W10', 'WyIxIl0', 'WzEuNV0', 'WzAsMV0'])(
    'is on no page after the cursor %s',
    async (cursor) => {
      const answer = await get(`/contact-lists?cursor=${cursor}`);
      expect(answer.json()).toMatchObject({ status: 422, errors: { cursor: [expect.any(String)] } });
    },
  );
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

  test('with a long past is told again a page at a time', async () => {
    const { id } = (await post('/contacts', { name: 'Ada' })).json<{ id: number }>();
    const change = (n: number) => ({
      id: String(id),
      command: {
        type: 'ChangeContact' as const,
        workspaceId: WORKSPACE,
        changes: { company: `Company ${n}` },
        phoneE164: null,
      },
    });
    await deps.contacts.handleAll(Array.from({ length: 249 }, (_, n) => change(n)));
    const after = async (version: number) => {
      const url = `/contacts/${id}/events?after=${version}`;
      const answer = await app.inject({ url, headers: { 'x-kith-internal-key': KEY } });
      return answer.json<{ sequence: number }[]>().map(({ sequence }) => sequence);
    };
    const versions = Array.from({ length: 250 }, (_, n) => n + 1);
    expect(await after(0)).toEqual(versions.slice(0, 100));
    expect(await after(100)).toEqual(versions.slice(100, 200));
    expect(await after(200)).toEqual(versions.slice(200));
    expect(await after(250)).toEqual([]);
  });

  test('is nowhere in clear among the events', async () => {
    const list = await newList();
    await post(`/contact-lists/${list}/contacts`, { name: 'Canary Wellensittich', email: 'canary@kith.test' });
    const { rows } = await pool.query<{ line: string; personal: Buffer }>(
      `select (e.*)::text as line, personal from events e where personal is not null`,
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const { line, personal } of rows) {
      expect(`${line} ${personal.toString('latin1')}`.toLowerCase()).not.toMatch(/canary|wellensittich/);
    }
  });
});

describe('the contacts of a list (WD-11)', () => {
  const page = async (list: number, query: string) =>
    (await get(`/contact-lists/${list}/contacts?${query}`)).json<{
      items: { name: string; id: number }[];
      total: number;
      nextCursor: string | null;
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
    expect(await page(list, 'perPage=2&page=4')).toMatchObject({ total: 5, items: [], nextCursor: null });
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

  test('go on after a cursor, whatever is written meanwhile', async () => {
    const list = await newList();
    const add = (name: string) => post(`/contact-lists/${list}/contacts`, { name });
    for (const name of ['Bob', 'Dan', 'Eve', 'Fay']) await add(name);
    const first = await page(list, 'sort=name&order=asc&perPage=2');
    expect(first.items.map(({ name }) => name)).toEqual(['Bob', 'Dan']);

    await add('Ada');
    await add('Eva');
    const rest = await page(list, `sort=name&order=asc&perPage=10&cursor=${first.nextCursor}`);
    expect(rest.items.map(({ name }) => name)).toEqual(['Eva', 'Eve', 'Fay']);
    expect(rest.nextCursor).toBeNull();
  });

  test('go on after a cursor by their time, too', async () => {
    const list = await newList();
    for (const name of ['One', 'Two', 'Three']) await post(`/contact-lists/${list}/contacts`, { name });
    const first = await page(list, 'perPage=2');
    expect((await page(list, `perPage=2&cursor=${first.nextCursor}`)).items.map(({ name }) => name)).toEqual(['One']);
  });

  const crafted = (sort: string, value: string) =>
    Buffer.from(JSON.stringify([sort, 'desc', value, 1])).toString('base64url');

  test.each([
    ['created_at', '0'],
    ['created_at', 'Sat Nov 21 2026 (x)'],
    ['created_at', '+275760-09-13T00:00:00.000Z'],
    ['created_at', '0000-01-01T00:00:00.000Z'],
    ['created_at', '2026-02-31T00:00:00.000Z'],
    ['name', 'A\u0000da'],
    ['name', 'A\ud800da'],
  ])('are refused after a crafted cursor by %s: %j', async (sort, value) => {
    const list = await newList();
    const answer = await get(`/contact-lists/${list}/contacts?sort=${sort}&cursor=${crafted(sort, value)}`);
    expect(answer.json()).toMatchObject({ status: 422, errors: { cursor: [expect.any(String)] } });
  });

  test.each(['nonsense', 'WzFd'])('are refused after the cursor %s', async (cursor) => {
    const list = await newList();
    const answer = await get(`/contact-lists/${list}/contacts?cursor=${cursor}`);
    expect(answer.json()).toMatchObject({ status: 422, errors: { cursor: [expect.any(String)] } });
  });
});

describe('a search (WD-11)', () => {
  let list: number;
  const found = async (term: string) => {
    const query = new URLSearchParams({ search: term, sort: 'name', order: 'asc' });
    const { items, total } = (await get(`/contact-lists/${list}/contacts?${query.toString()}`)).json<{
      items: { name: string }[];
      total: number;
    }>();
    expect(total).toBe(items.length);
    return items.map(({ name }) => name);
  };
  beforeAll(async () => {
    list = await newList();
    for (const contact of [
      { name: 'Ada Lovelace', email: 'ada@kith.test', phone: '+1 (555) 123-4567' },
      { name: '100% Bob_Smith', email: 'Bob+x@Kith.test' },
      { name: "O'Brien \\ Söhne", phone: '0151 23456' },
      { name: '12 Monkeys, 1995-96' },
    ]) {
      await post(`/contact-lists/${list}/contacts`, contact);
    }
  });

  test.each([
    ['part of a name, in any case', 'LOVE', ['Ada Lovelace']],
    ['part of an e-mail address', 'bob+X@', ['100% Bob_Smith']],
    ['a phone as it was written', '(555) 123', ['Ada Lovelace']],
    ["a phone's digits, however written", '5551234567', ['Ada Lovelace']],
    ['digits with something between them', '555.123-45', ['Ada Lovelace']],
    ['digits in a name', '12', ['12 Monkeys, 1995-96', 'Ada Lovelace', "O'Brien \\ Söhne"]],
    ['digits in a name as they are written there', '1995-96', ['12 Monkeys, 1995-96']],
    ['no digits of a name with something else between them', '12-', ['Ada Lovelace', "O'Brien \\ Söhne"]],
    ['no digits of a name without what is between them', '199596', []],
    ['% itself', '%', ['100% Bob_Smith']],
    ['_ itself', 'b_s', ['100% Bob_Smith']],
    ['\\ itself', '\\', ["O'Brien \\ Söhne"]],
    ['a quote', "o'b", ["O'Brien \\ Söhne"]],
    ['letters beyond ASCII, in any case', 'SÖHNE', ["O'Brien \\ Söhne"]],
    ['what is in all of them', 'test', ['100% Bob_Smith', 'Ada Lovelace']],
    ['what is in none', 'nobody', []],
    ['no value across fields', 'lovelace\nada', []],
  ])('finds %s', async (_, term, names) => {
    expect(await found(term)).toEqual(names);
  });
});

describe('changing a contact', () => {
  const newContact = async (body: object = { name: 'Ada Lovelace', email: 'ada@kith.test' }) =>
    (await post(`/contact-lists/${await newList()}/contacts`, body)).json<{ id: number; lists: number[] }>();
  const patch = (id: number, payload: object, more: Record<string, string> = {}, workspace?: string) =>
    app.inject({ method: 'PATCH', url: `/contacts/${id}`, payload, headers: { ...headers(workspace), ...more } });

  test('sets what is there, keeps what is not, and null clears (WD-34, T-2)', async () => {
    const { id } = await newContact({
      name: 'Ada Lovelace',
      email: 'ada@kith.test',
      company: 'Engines',
      phone: '+14155552671',
    });
    const answer = await patch(id, { company: null, phone: '+14155552672' });
    expect(answer.json()).toMatchObject({
      name: 'Ada Lovelace',
      email: 'ada@kith.test',
      emailStatus: 'pending',
      company: null,
      phone: '+14155552672',
      phoneE164: '+14155552672',
      version: 2,
    });
    expect((await get(`/contacts/${id}`)).json()).toEqual(answer.json());
  });

  test.each([
    ['nothing', {}],
    ['what it is already', { name: 'Ada Lovelace' }],
  ])('to %s stores nothing (WD-34)', async (_, changes) => {
    const { id } = await newContact();
    const before = await stored();
    expect((await patch(id, changes)).json()).toMatchObject({ version: 1 });
    expect(await stored()).toEqual(before);
  });

  // RFC 9110, 13.1.1: one tag of several is enough, and a weak one matches nothing.
  test.each([
    ['"v2"', 200],
    ['*', 200],
    ['"v1", "v2"', 200],
    ['"v2","abc"', 200],
    ['"v1"', 412],
    ['"v1", "v3"', 412],
    ['"abc"', 412],
    ['W/"v2"', 412],
    ['v2', 400],
    ['"v2" "v3"', 400],
    ['', 400],
  ])('that insists on %s is answered %i at version 2', async (ifMatch, status) => {
    const { id } = await newContact();
    await patch(id, { company: 'One' });
    expect((await patch(id, { company: 'Two' }, { 'if-match': ifMatch })).statusCode).toBe(status);
    expect((await get(`/contacts/${id}`)).json()).toMatchObject({ company: status === 200 ? 'Two' : 'One' });
  });

  test('of another workspace is refused as if it were not there (WD-52)', async () => {
    const { id } = await newContact();
    expect((await patch(id, { company: 'X' }, {}, OTHER)).statusCode).toBe(404);
  });

  test('moves it in the pages of its lists', async () => {
    const { id, lists } = await newContact();
    await patch(id, { name: 'Zoe' });
    const page = (await get(`/contact-lists/${lists[0]}/contacts?sort=name`)).json<{ items: { name: string }[] }>();
    expect(page.items.map(({ name }) => name)).toEqual(['Zoe']);
  });
});

describe('members of lists', () => {
  const put = (list: number, contact: number, method: 'PUT' | 'DELETE' = 'PUT') =>
    app.inject({ method, url: `/contact-lists/${list}/contacts/${contact}`, headers: headers() });

  test('may be in several, are counted, and leave one by one', async () => {
    const [one, two] = [await newList(), await newList()];
    const { id } = (await post(`/contact-lists/${one}/contacts`, { name: 'Ada' })).json<{ id: number }>();
    expect((await put(two, id)).json()).toMatchObject({ lists: [one, two], version: 2 });
    expect((await put(two, id)).json()).toMatchObject({ version: 2 });
    expect((await get(`/contact-lists/${two}`)).json()).toMatchObject({ contactsCount: 1 });
    expect((await put(one, id, 'DELETE')).json()).toMatchObject({ lists: [two] });
    expect((await get(`/contact-lists/${one}`)).json()).toMatchObject({ contactsCount: 0 });
    expect((await put(999_999_999, id)).statusCode).toBe(404);
  });

  test('stay when their list is deleted, and are in it no more', async () => {
    const list = await newList();
    const { id } = (await post(`/contact-lists/${list}/contacts`, { name: 'Ada' })).json<{ id: number }>();
    expect((await app.inject({ method: 'DELETE', url: `/contact-lists/${list}`, headers: headers() })).statusCode).toBe(
      204,
    );
    expect((await get(`/contact-lists/${list}`)).statusCode).toBe(404);
    expect((await get(`/contact-lists/${list}/contacts`)).statusCode).toBe(404);
    while (await unlistSome(deps));
    expect((await get(`/contacts/${id}`)).json()).toMatchObject({ lists: [] });
  });

  test('see their list renamed', async () => {
    const list = await newList('Old');
    const rename = (name: string) =>
      app.inject({ method: 'PATCH', url: `/contact-lists/${list}`, payload: { name }, headers: headers() });
    expect((await rename('New')).json()).toMatchObject({ name: 'New', version: 2 });
    expect((await rename('New')).json()).toMatchObject({ version: 2 });
  });
});

describe('erasing a contact (WD-15)', () => {
  const erase = (id: number) => app.inject({ method: 'DELETE', url: `/contacts/${id}`, headers: headers() });
  const canary = {
    name: 'Kanarienvogel Eins',
    firstName: 'Kanarienvogel',
    lastName: 'Eins',
    email: 'kanarienvogel@kith.test',
    phone: '+14155559999',
    company: 'Kanarienvogel GmbH',
    jobTitle: 'Kanarienvogel-Züchter',
    website: 'https://kanarienvogel.example',
    address: { line1: 'Kanarienvogelweg 1', city: 'Kanarienvogelstadt' },
    gender: 'kanarienvogel',
    source: 'kanarienvogel',
    note: 'kanarienvogel',
  };

  /** Every row of every table, as text. */
  async function everything(): Promise<string> {
    const { rows: tables } = await pool.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename not like '%migrations'`,
    );
    const lines = await Promise.all(
      tables.map(
        async ({ name }) => (await pool.query<{ line: string }>(`select t::text as line from ${name} t`)).rows,
      ),
    );
    return lines
      .flat()
      .map(({ line }) => line)
      .join('\n');
  }

  test('leaves nothing of who it was, in any table', async () => {
    const list = await newList();
    const key = { 'idempotency-key': 'cd'.repeat(32), 'x-kith-request-hash': 'ab'.repeat(32) };
    const request = {
      method: 'POST',
      url: `/contact-lists/${list}/contacts`,
      payload: canary,
      headers: { ...headers(), ...key },
    } as const;
    const { id } = (await app.inject(request)).json<{ id: number }>();
    await app.inject({
      method: 'PATCH',
      url: `/contacts/${id}`,
      payload: { note: 'kanarienvogel, again' },
      headers: headers(),
    });
    await pool.query(
      `insert into parked_messages (consumer, topic, partition, "offset", key, headers, value, reason)
       values ('contacts-service', 't', 0, 0, $1, '{}', 'kanarienvogel', 'poison')`,
      [String(id)],
    );
    expect((await erase(id)).statusCode).toBe(204);

    const left = await everything();
    for (const text of ['kanarienvogel', '4155559999']) {
      for (const form of [
        text,
        Buffer.from(text).toString('hex'),
        Buffer.from(text).toString('base64').replace(/=+$/, ''),
      ]) {
        expect(left.toLowerCase()).not.toContain(form.toLowerCase());
      }
    }
    expect((await get(`/contacts/${id}`)).statusCode).toBe(404);
    expect((await erase(id)).statusCode).toBe(404);
    expect((await get(`/contact-lists/${list}`)).json()).toMatchObject({ contactsCount: 0 });
    // The request that made it is known, and its answer is not.
    expect((await app.inject(request)).statusCode).toBe(410);
  });

  test('that was created under a key in clear is impossible: the gateway passes on its hash', async () => {
    const clear = { 'idempotency-key': canary.email, 'x-kith-request-hash': 'ab'.repeat(32) };
    const answer = await app.inject({
      method: 'POST',
      url: '/contacts',
      payload: canary,
      headers: { ...headers(), ...clear },
    });
    expect(answer.statusCode).toBe(400);
    expect(await everything()).not.toContain(canary.email);
  });

  test('goes out as it is; what was not yet told of who it was goes out as a shell, and no version is missing', async () => {
    const { id } = (await post('/contacts', canary)).json<{ id: number }>();
    await erase(id);
    const told = (
      await app.inject({ url: `/contacts/${id}/events?after=0`, headers: { 'x-kith-internal-key': KEY } })
    ).json<object[]>();
    const ids = { contactId: id, workspaceId: WORKSPACE };
    expect(told).toMatchObject([
      { sequence: 1, event: { type: 'ContactCreated', data: ids } },
      { sequence: 2, event: { type: 'ContactErased', data: ids } },
    ]);
    expect(JSON.stringify(told).toLowerCase()).not.toContain('kanarienvogel');
  });

  test('is answered as a shell, too, where it went out as one because it could not be told', async () => {
    const { id } = (await post('/contacts', canary)).json<{ id: number }>();
    await pool.query(
      `insert into unpublishable_events (event_id, relay, stream, version, type, reason)
       select event_id, 'kafka', stream, version, type, 'too large' from events where stream = $1`,
      [`contact-${id}`],
    );
    const told = (
      await app.inject({ url: `/contacts/${id}/events?after=0`, headers: { 'x-kith-internal-key': KEY } })
    ).json<object[]>();
    expect(told).toMatchObject([
      { sequence: 1, event: { type: 'ContactCreated', data: { contactId: id, workspaceId: WORKSPACE } } },
    ]);
    expect(JSON.stringify(told)).not.toContain('Kanarienvogel');
  });

  test('is not undone by a verdict that comes late, nor by the request that made it', async () => {
    const { id } = (await post('/contacts', canary)).json<{ id: number }>();
    await erase(id);
    const data = {
      contactId: id,
      workspaceId: WORKSPACE,
      field: 'email',
      valueVersion: 1,
      status: 'valid',
      reasons: [] as string[],
      checkedAt: new Date().toISOString(),
    } as const;
    await recordVerdicts(deps, [{ ...heard(id), event: { type: 'StatusVerified', data } }]);
    expect((await get(`/contacts/${id}`)).statusCode).toBe(404);
    const { rows } = await pool.query(`select type from events where stream = 'contact-' || $1 order by version`, [id]);
    expect(rows).toEqual([{ type: 'ContactCreated' }, { type: 'ContactErased' }]);
  });

  test('is confirmed by the services that hear of it, and when the statistics have forgotten it', async () => {
    const confirmedAt = async () =>
      (await pool.query(`select confirmed_at from erasures where contact_id = $1`, [id])).rows[0];
    const { id } = (await post('/contacts', canary)).json<{ id: number }>();
    await erase(id);
    const confirmed = { type: 'SubjectErasureConfirmed', data: { contactId: id, workspaceId: WORKSPACE } } as const;
    await recordVerdicts(deps, [{ ...heard(id), event: confirmed }]);
    expect(await confirmedAt()).toEqual({ confirmed_at: null });
    expect(await deps.erasures.clearStatistics()).toBe(true);
    expect(await confirmedAt()).toEqual({ confirmed_at: expect.any(Date) });
  });
});

describe('a verdict', () => {
  const verdict = (contactId: number, valueVersion: number) => ({
    ...heard(contactId),
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

  test('of an outside checker is recorded whatever it calls its messages, and a copy of it is not', async () => {
    const list = await newList();
    const ids: number[] = [];
    for (const name of ['Ada', 'Bob', 'Eve']) {
      const contact = await post(`/contact-lists/${list}/contacts`, { name, email: `${name}@kith.test` });
      ids.push(contact.json<{ id: number }>().id);
    }
    const [ada, bob, eve] = ids as [number, number, number];
    await recordVerdicts(deps, [{ ...verdict(ada, 1), id: 'msg-bounce-1' }]);
    await recordVerdicts(deps, [{ ...verdict(bob, 1), id: 'msg-2' }]);
    // CloudEvents: an id is its source's own.
    await recordVerdicts(deps, [{ ...verdict(eve, 1), id: 'msg-2', source: '/another-checker' }]);
    await recordVerdicts(deps, [{ ...verdict(bob, 1), id: 'msg-2' }]);
    for (const id of ids) expect(await statusOf(id)).toMatchObject({ emailStatus: 'valid', version: 2 });
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
  const answer = await app.inject({ url: '/contact-lists/all', headers: { ...principal, ...sent } });
  expect(answer.statusCode).toBe(401);
});
