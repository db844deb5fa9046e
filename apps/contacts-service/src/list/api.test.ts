import { afterAll, describe, expect, test } from '@jest/globals';
import type { Page } from '@kith/contracts';
import type { ContactList } from '@kith/contracts/contacts';

import { headers, OTHER, serviceOnDatabase } from '../service.fixture.ts';

const service = await serviceOnDatabase();
afterAll(() => service[Symbol.asyncDispose]());
const { app, deps, get, newList, post, stored } = service;

describe('a list', () => {
  test('is among all lists of its workspace, with the number of its contacts', async () => {
    const id = await newList('Counted');
    await post(`/contact-lists/${id}/contacts`, { name: 'Ada' });
    await post(`/contact-lists/${id}/contacts`, { name: 'Bob' });
    const lists = (await get('/contact-lists/all')).json<{ id: number }[]>();
    expect(lists.find((list) => list.id === id)).toMatchObject({ name: 'Counted', contactsCount: 2, version: 1 });
    expect((await get('/contact-lists/all', OTHER)).json()).toEqual([]);
  });

  test('is on one page, whatever is created and deleted meanwhile', async () => {
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

  test('is not renamed by a change without a name, whatever is written at the same time (NA-7, NA-8)', async () => {
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
