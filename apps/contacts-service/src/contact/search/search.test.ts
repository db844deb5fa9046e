import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { serviceOnDatabase } from '../../service.fixture.ts';

const service = await serviceOnDatabase();
afterAll(() => service[Symbol.asyncDispose]());
const { get, newList, post } = service;

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
