import { afterAll, describe, expect, test } from '@jest/globals';

import { headers, KEY, OTHER, WORKSPACE, serviceOnDatabase } from '../service.fixture.ts';

const service = await serviceOnDatabase();
afterAll(() => service[Symbol.asyncDispose]());
const { app, deps, get, newList, pool, post, stored } = service;

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

  test('with a long history has its events answered a page at a time', async () => {
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

  test('with the address that it has changes nothing, although Postgres keeps the members in another order (NA-8)', async () => {
    const address = { line1: 'Rua A', line2: null, city: 'Lisbon', region: null, postalCode: '1000', country: 'PT' };
    const { id } = (await post('/contacts', { name: 'Ada', address })).json<{ id: number }>();
    expect((await patch(id, { address })).json()).toMatchObject({ address, version: 1 });
    expect((await patch(id, { address: { ...address, city: 'Porto' } })).json()).toMatchObject({ version: 2 });
    expect((await patch(id, { address: null })).json()).toMatchObject({ address: null, version: 3 });
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

  test('of another workspace is refused as if it did not exist (WD-52)', async () => {
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
