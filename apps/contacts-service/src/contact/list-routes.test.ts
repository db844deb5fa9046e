import { afterAll, describe, expect, test } from '@jest/globals';

import { unlistSome } from '../list/run.ts';
import { headers, serviceOnDatabase } from '../service.fixture.ts';

const service = await serviceOnDatabase();
afterAll(() => service[Symbol.asyncDispose]());
const { app, deps, get, newList, post } = service;

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

  test('go on after a cursor by their creation time', async () => {
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

  test('stay when their list is deleted, and lose it', async () => {
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
