import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import {
  account,
  errorsOf,
  list,
  OPERATOR,
  serveContacts,
  shownContact,
  shownList,
  testGateway,
  type TestGateway,
  tokenInfo,
} from '../gateway.fixture.ts';

let gateway: TestGateway;
let token: string;
beforeAll(async () => {
  gateway = await testGateway();
  serveContacts(gateway);
  token = gateway.token();
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.services.calls = [];
});

const get = (path: string, as: string | null = token) => gateway.call(`/api/v1${path}`, { as });

const shownToken = {
  id: tokenInfo.tokenId,
  name: tokenInfo.name,
  preview: '0aZ9',
  workspaceId: tokenInfo.workspaceId,
  dialect: 'native',
  scopes: tokenInfo.scopes,
  createdAt: '2026-06-05T13:40:00.123Z',
  lastUsedAt: null,
  expiresAt: null,
};

describe.each(['/contacts', '/contact-lists/1/contacts'])('A page of %s', (path) => {
  const ordered = 'sort=created_at&order=desc';
  const meta = { current_page: 1, per_page: 15, total: 42, last_page: 3 };

  test('has the cursor of the next one (WD-21)', async () => {
    expect((await get(path)).json()).toEqual({
      data: [shownContact],
      meta: { ...meta, next_cursor: 'next', total_is_lower_bound: false },
    });
  });

  test('is found by its cursor, and then has no number', async () => {
    const page = { items: [], total: 42, moreThanTotal: false, nextCursor: null };
    gateway.serve(`GET ${path}?${ordered}&page=1&cursor=next&perPage=15`, { body: page });
    expect((await get(`${path}?cursor=next`)).json()).toEqual({
      data: [],
      meta: { ...meta, current_page: null, next_cursor: null, total_is_lower_bound: false },
    });
  });

  test('of a search says that its total is a lower bound where more match than were counted', async () => {
    const page = { items: [], total: 10_000, moreThanTotal: true, nextCursor: null };
    gateway.serve(`GET ${path}?search=50%25+%26+%22_%22&${ordered}&page=1&perPage=15`, { body: page });
    expect((await get(`${path}?search=${encodeURIComponent('50% & "_"')}`)).json()).toMatchObject({
      meta: { total: 10_000, total_is_lower_bound: true },
    });
  });

  test('is refused with the name of every wrong parameter (WD-35, T-9)', async () => {
    const answer = await get(`${path}?page=0&per_page=101&sort=age&order=up&cursor=&search=%00&colour=red`);
    expect(answer.statusCode).toBe(422);
    expect(errorsOf(answer)).toEqual(['colour', 'cursor', 'order', 'page', 'per_page', 'search', 'sort']);
  });
});

describe.each([
  ['/contact-lists', '', list, shownList],
  ['/tokens', `&workspaceId=${tokenInfo.workspaceId}`, shownToken, shownToken],
  ['/accounts', '', account, account],
])('A page of %s', (path, within, item, shown) => {
  const ask = (query: string) => get(path + query, path === '/accounts' ? OPERATOR : token);

  test.each([
    ['', 'page=1&perPage=15', { current_page: 1, per_page: 15, last_page: 3 }],
    ['?per_page=100&page=7', 'page=7&perPage=100', { current_page: 7, per_page: 100, last_page: 1 }],
    ['?cursor=next', 'page=1&cursor=next&perPage=15', { current_page: null, per_page: 15, last_page: 3 }],
  ])('has its number, its size and the cursor of the next one: "%s"', async (query, asked, meta) => {
    gateway.serve(`GET ${path}?${asked}${within}`, { body: { items: [item], total: 42, nextCursor: 'more' } });
    expect((await ask(query)).json()).toEqual({ data: [shown], meta: { ...meta, total: 42, next_cursor: 'more' } });
  });

  test('is refused with the name of every wrong parameter', async () => {
    const answer = await ask('?page=0&per_page=101&cursor=&sort=name');
    expect([answer.statusCode, errorsOf(answer)]).toEqual([422, ['cursor', 'page', 'per_page', 'sort']]);
  });

  test('is refused with the name cursor where the cursor is none of ours', async () => {
    const errors = { cursor: ['Is no cursor of ours.'] };
    const body = { detail: 'The given data is invalid.', errors };
    gateway.serve(`GET ${path}?page=1&cursor=x&perPage=15${within}`, { status: 422, body });
    const answer = await ask('?cursor=x');
    expect([answer.statusCode, answer.json()]).toEqual([422, expect.objectContaining({ errors })]);
  });
});
