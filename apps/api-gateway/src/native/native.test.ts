import { hash } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import {
  account,
  contact,
  list,
  OPERATOR,
  serveContacts,
  testGateway,
  type TestGateway,
  tokenInfo,
} from '../gateway.fixture.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

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

const call = (method: Method, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  gateway.call(`/api/v1${path}`, { method, body, headers, as: token });
const errorsOf = (answer: Awaited<ReturnType<typeof call>>) =>
  Object.keys(answer.json<{ errors: object }>().errors).toSorted();

const TIME = '2026-06-05T13:40:00.123000Z';
const shownContact = { ...contact, createdAt: TIME, updatedAt: TIME };
const shownList = { ...list, createdAt: TIME, updatedAt: TIME };
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

test.each<[Method, string, object | undefined, number, string, object | undefined]>([
  ['POST', '/contacts', { name: 'Ada' }, 201, 'Contact created successfully.', shownContact],
  ['PUT', '/contacts/123', { name: 'Ada' }, 200, 'Contact updated successfully.', shownContact],
  ['PATCH', '/contacts/123', { company: null }, 200, 'Contact updated successfully.', shownContact],
  ['POST', '/contact-lists/1/contacts', { name: 'Ada' }, 201, 'Contact created successfully.', shownContact],
  ['PUT', '/contact-lists/1/contacts/123', undefined, 200, 'Contact added to the list successfully.', shownContact],
  ['POST', '/contact-lists', { name: 'VIP' }, 201, 'Contact list created successfully.', shownList],
  ['PATCH', '/contact-lists/1', { name: 'VIP' }, 200, 'Contact list updated successfully.', shownList],
])(
  '%s %s says what it did, and the version there is now (WD-23)',
  async (method, path, body, status, message, data) => {
    const answer = await call(method, path, body);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ message, data });
    expect(answer.headers['etag']).toBe('"v1"');
  },
);

test.each([
  ['/contacts/123', { message: 'Contact deleted successfully.' }],
  ['/contact-lists/1', { message: 'Contact list deleted successfully.' }],
  ['/contact-lists/1/contacts/123', { message: 'Contact removed from the list successfully.', data: shownContact }],
])('DELETE %s needs no body, answers no version, and may call nothing JSON (WD-15, WD-25)', async (path, body) => {
  for (const headers of [{}, { 'content-type': 'application/json' }]) {
    const answer = await call('DELETE', path, undefined, headers);
    expect([answer.statusCode, answer.json()]).toEqual([200, body]);
    expect(answer.headers).not.toHaveProperty('etag');
  }
});

test.each([
  ['/contacts/123', { data: shownContact }],
  ['/contact-lists/1', { data: shownList }],
])('GET %s says the version that a write may insist on', async (path, body) => {
  const answer = await call('GET', path);
  expect(answer.json()).toEqual(body);
  expect(answer.headers['etag']).toBe('"v1"');
});

describe('If-Match', () => {
  test.each<[Method, string, object | undefined]>([
    ['PUT', '/contacts/123', {}],
    ['PATCH', '/contacts/123', {}],
    ['DELETE', '/contacts/123', undefined],
    ['PATCH', '/contact-lists/1', {}],
    ['DELETE', '/contact-lists/1', undefined],
    ['PUT', '/contact-lists/1/contacts/123', undefined],
    ['DELETE', '/contact-lists/1/contacts/123', undefined],
  ])('is insisted on by %s %s', async (method, path, body) => {
    await call(method, path, body, { 'if-match': '"v7"' });
    expect(gateway.written()[0]?.headers['if-match']).toBe('"v7"');
  });

  test.each<[number, string]>([
    [200, '"v7", '.repeat(170) + '"v7"'],
    [400, `"${'7'.repeat(1_023)}"`],
    [400, '"v7", '.repeat(2_680) + '"v7"'],
  ])('is answered %i however long it is', async (status, ifMatch) => {
    const answer = await call('PATCH', '/contacts/123', {}, { 'if-match': ifMatch });
    expect([answer.statusCode, gateway.written().length]).toEqual([status, status === 200 ? 1 : 0]);
  });

  test('of another version is 412', async () => {
    gateway.serve('PATCH /contacts/7', { status: 412, body: { detail: 'It is of version 8.' } });
    const answer = await call('PATCH', '/contacts/7', { name: 'Ada' }, { 'if-match': '"v7"' });
    expect(answer.statusCode).toBe(412);
    expect(answer.json()).toMatchObject({ message: 'It is of version 8.', title: 'precondition-failed' });
  });
});

describe.each(['/contacts', '/contact-lists/1/contacts'])('a new contact by POST %s', (path) => {
  test.each<[object]>([
    [{ name: 'Ada' }],
    [{ firstName: 'Ada' }],
    [{ lastName: 'Lovelace', firstName: null }],
    [{ firstName: 'A', lastName: 'L' }],
    [{ name: 'Countess of Lovelace', firstName: 'Ada', lastName: 'King' }],
  ])('has a name, whole or in parts: %j', async (body) => {
    expect((await call('POST', path, body)).statusCode).toBe(201);
    expect(gateway.written()[0]?.body).toEqual(body);
  });

  test.each<[string, unknown, string[]]>([
    ['nothing', {}, ['name']],
    ['null for a name (WD-30)', { name: null, firstName: 'Ada' }, ['name']],
    ['null for all of its parts', { firstName: null, lastName: null }, ['name']],
    ['parts that join to one letter (WD-30)', { firstName: 'A' }, ['name']],
    ['parts that join to 101 (WD-30)', { firstName: 'x'.repeat(50), lastName: 'y'.repeat(50) }, ['name']],
    [
      'no name, and more that is wrong',
      { email: 'x', colour: 'red', firstName: 7 },
      ['colour', 'email', 'firstName', 'name'],
    ],
    ['an array', [{ name: 'Ada' }], ['body', 'name']],
    ['null', null, ['body']],
  ])('of %s is refused, by name, and nothing is written (T-16)', async (_, body, fields) => {
    const answer = await gateway.call(`/api/v1${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      as: token,
    });
    expect([answer.statusCode, errorsOf(answer)]).toEqual([422, fields]);
    expect(gateway.written()).toEqual([]);
  });
});

describe('a change', () => {
  test.each(['PUT', 'PATCH'] as const)('by %s is of what it names, and null clears (WD-14, WD-34)', async (method) => {
    const changes = { name: 'Al', email: null, phone: null, company: 'Engines', address: null, note: null };
    expect((await call(method, '/contacts/123', changes)).statusCode).toBe(200);
    expect(gateway.written()).toMatchObject([{ call: 'PATCH /contacts/123', body: changes }]);
  });

  test.each<[Method, string, Record<string, string>]>([
    ['PUT', '/contacts/123', {}],
    ['PUT', '/contacts/123', { 'content-type': 'application/json' }],
    ['PATCH', '/contacts/123', {}],
    ['PATCH', '/contact-lists/1', { 'content-type': 'application/json' }],
  ])('by %s %s without a body is of nothing (WD-34)', async (method, path, headers) => {
    expect((await call(method, path, undefined, headers)).statusCode).toBe(200);
    expect(gateway.written()[0]?.body).toEqual({});
  });

  test.each<[string, string, unknown, string[]]>([
    ['no name (WD-30)', '/contacts/123', { name: null }, ['name']],
    ['a name of one letter (WD-30)', '/contacts/123', { name: 'A' }, ['name']],
    ['an empty e-mail (WD-31)', '/contacts/123', { email: '' }, ['email']],
    ['a disposable e-mail (WD-31)', '/contacts/123', { email: 'x@mailinator.com' }, ['email']],
    ['an empty phone (WD-32)', '/contacts/123', { phone: '' }, ['phone']],
    ['what is not known', '/contacts/123', { colour: 'red', id: 7 }, ['colour', 'id']],
    ['all at once', '/contacts/123', { name: 1, phone: [], website: 'x' }, ['name', 'phone', 'website']],
    ['a list of no name', '/contact-lists/1', { name: '' }, ['name']],
    ['a list of a name too long', '/contact-lists/1', { name: 'x'.repeat(101) }, ['name']],
    ['a list of null for a name', '/contact-lists/1', { name: null }, ['name']],
    ['a list of what it has not', '/contact-lists/1', { contactsCount: 7 }, ['contactsCount']],
  ])('to %s is refused, by name, and nothing is written (T-16)', async (_, path, body, fields) => {
    const answer = await call('PATCH', path, body);
    expect([answer.statusCode, errorsOf(answer)]).toEqual([422, fields]);
    expect(gateway.written()).toEqual([]);
  });
});

describe.each(['/contacts', '/contact-lists/1/contacts'])('a page of %s', (path) => {
  const ordered = 'sort=created_at&order=desc';
  const meta = { current_page: 1, per_page: 15, total: 42, last_page: 3 };

  test('says where the next one begins (WD-21)', async () => {
    expect((await call('GET', path)).json()).toEqual({
      data: [shownContact],
      meta: { ...meta, next_cursor: 'next', total_is_lower_bound: false },
    });
  });

  test('may be asked for by that, whatever its number', async () => {
    const page = { items: [], total: 42, moreThanTotal: false, nextCursor: null };
    gateway.serve(`GET ${path}?${ordered}&page=1&cursor=next&perPage=15`, { body: page });
    expect((await call('GET', `${path}?cursor=next`)).json()).toEqual({
      data: [],
      meta: { ...meta, current_page: null, next_cursor: null, total_is_lower_bound: false },
    });
  });

  test('of a search says where there are more than were counted', async () => {
    const page = { items: [], total: 10_000, moreThanTotal: true, nextCursor: null };
    gateway.serve(`GET ${path}?search=50%25+%26+%22_%22&${ordered}&page=1&perPage=15`, { body: page });
    expect((await call('GET', `${path}?search=${encodeURIComponent('50% & "_"')}`)).json()).toMatchObject({
      meta: { total: 10_000, total_is_lower_bound: true },
    });
  });

  test('is refused by the name of all that is wrong (WD-35, T-9)', async () => {
    const answer = await call('GET', `${path}?page=0&per_page=101&sort=age&order=up&cursor=&search=%00&colour=red`);
    expect(answer.statusCode).toBe(422);
    expect(errorsOf(answer)).toEqual(['colour', 'cursor', 'order', 'page', 'per_page', 'search', 'sort']);
  });
});

describe.each([
  ['/contact-lists', '', list, shownList],
  ['/tokens', `&workspaceId=${tokenInfo.workspaceId}`, shownToken, shownToken],
  ['/accounts', '', account, account],
])('a page of %s', (path, within, item, shown) => {
  const get = (query: string) =>
    gateway.call(`/api/v1${path}${query}`, { as: path === '/accounts' ? OPERATOR : token });

  test.each([
    ['', 'page=1&perPage=15', { current_page: 1, per_page: 15, last_page: 3 }],
    ['?per_page=100&page=7', 'page=7&perPage=100', { current_page: 7, per_page: 100, last_page: 1 }],
    ['?cursor=next', 'page=1&cursor=next&perPage=15', { current_page: null, per_page: 15, last_page: 3 }],
  ])('is one page and says where the next one begins: %s', async (query, asked, meta) => {
    gateway.serve(`GET ${path}?${asked}${within}`, { body: { items: [item], total: 42, nextCursor: 'more' } });
    expect((await get(query)).json()).toEqual({ data: [shown], meta: { ...meta, total: 42, next_cursor: 'more' } });
  });

  test('is refused by the name of all that is wrong', async () => {
    const answer = await get('?page=0&per_page=101&cursor=&sort=name');
    expect([answer.statusCode, errorsOf(answer)]).toEqual([422, ['cursor', 'page', 'per_page', 'sort']]);
  });

  test('after what is no cursor is refused by its name', async () => {
    const errors = { cursor: ['Is no cursor of ours.'] };
    const body = { detail: 'The given data is invalid.', errors };
    gateway.serve(`GET ${path}?page=1&cursor=x&perPage=15${within}`, { status: 422, body });
    const answer = await get('?cursor=x');
    expect([answer.statusCode, answer.json()]).toEqual([422, expect.objectContaining({ errors })]);
  });
});

test('all the lists come whole (WD-10, WD-24)', async () => {
  const meta = { current_page: 1, per_page: 1, total: 1, last_page: 1 };
  expect((await call('GET', '/contact-lists/all')).json()).toEqual({ data: [shownList], meta });
});

describe('GET /me', () => {
  test.each([null, '2999-01-01T00:00:00.000Z'])('says who asks, and what they may, until %s', async (expiresAt) => {
    const tokenId = 'tok_00000000000000000000000999';
    const as = gateway.token({ tokenId, expiresAt, scopes: ['webhooks.manage'] });
    const answer = await gateway.call('/api/v1/me', { as });
    const { name, dialect, workspaceId, plan, limits } = tokenInfo;
    expect(answer.json()).toEqual({
      data: { id: tokenId, name, dialect, scopes: ['webhooks.manage'], workspaceId, expiresAt, plan, limits },
    });
  });
});

test.each<[Method, string, string]>([
  ['POST', '/contacts/123', 'GET, PUT, PATCH, DELETE'],
  ['PUT', '/contact-lists/1', 'GET, PATCH, DELETE'],
  ['GET', '/contact-lists/1/contacts/123', 'PUT, DELETE'],
  ['DELETE', '/me', 'GET'],
])('%s %s is told what is allowed', async (method, path, allowed) => {
  const answer = await call(method, path);
  expect([answer.statusCode, answer.headers['allow']]).toEqual([405, allowed]);
});

test('HEAD is GET without its body', async () => {
  const { statusCode, body, headers } = await gateway.app.inject({
    method: 'HEAD',
    url: '/api/v1/contacts/123',
    headers: { authorization: `Bearer ${token}` },
  });
  expect([statusCode, body, headers['etag']]).toEqual([200, '', '"v1"']);
});

test('the page that shows all this is served whole from here', async () => {
  const page = await gateway.call('/docs/');
  expect(page.statusCode).toBe(200);
  expect(page.headers['content-type']).toContain('text/html');
  expect(page.body).toContain('/openapi.json');
  expect(page.body).not.toMatch(/https?:\/\//);
  const script = await gateway.call('/docs/js/scalar.js');
  expect(script.statusCode).toBe(200);
});

test.each(['/docs', '/docs/', '/docs/js/scalar.js'])('who reads %s is told to nobody else', async (path) => {
  const { headers, body } = await gateway.call(path);
  const policy = String(headers['content-security-policy']).split('; ');
  const inline = /<script type="text\/javascript">([^]*)<\/script>/.exec(path === '/docs/' ? body : '')?.[1];
  const allowed = inline === undefined ? '' : ` 'sha256-${hash('sha256', inline, 'base64')}'`;
  expect(policy).toEqual([
    "default-src 'none'",
    `script-src 'self'${allowed}`,
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
});

test('the page runs the one script that is written into it', async () => {
  const { headers } = await gateway.call('/docs/');
  expect(String(headers['content-security-policy']).match(/sha256-/g)).toHaveLength(1);
});
