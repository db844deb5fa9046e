import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { VerificationStatus } from '@kith/contracts/contacts';

import { contact, list, serveContacts, testGateway, type TestGateway } from '../../gateway.fixture.ts';
import { toPageMeta } from '../../wire/pages.ts';
import { toContact } from './mapping.ts';
import * as wire from './schemas.ts';

let gateway: TestGateway;
let token: string;
beforeAll(async () => {
  gateway = await testGateway();
  serveContacts(gateway);
  token = gateway.token({ dialect: 'wisedata' });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.services.calls = [];
});

const get = (path: string) => gateway.call(`/wisedata/api/v1${path}`, { as: token });
const create = (body: unknown) =>
  gateway.call('/wisedata/api/v1/contact-lists/1/contacts', { method: 'POST', body, as: token });

// WD-20: the vendor's own example, with our times.
const seven = {
  id: 123,
  name: 'John Smith',
  email: 'john@example.com',
  phone: '+15551234567',
  emailStatus: 'pending',
  phoneStatus: 'pending',
  createdAt: '2026-06-05T13:40:00.123000Z',
};
const message = 'Contact created successfully.';

test.each<[string, 'GET' | 'POST' | 'PUT' | 'DELETE', string, number, object]>([
  [
    'all lists (WD-10, WD-24)',
    'GET',
    '/contact-lists/all',
    200,
    {
      data: [{ id: 1, name: list.name, contactsCount: 42, createdAt: seven.createdAt }],
      meta: { current_page: 1, per_page: 1, total: 1, last_page: 1 },
    },
  ],
  [
    'the contacts of a list (WD-11, WD-21, WD-23)',
    'GET',
    '/contact-lists/1/contacts',
    200,
    { data: [seven], meta: { current_page: 1, per_page: 15, total: 42, last_page: 3 } },
  ],
  ['a contact created (WD-12, WD-22)', 'POST', '/contact-lists/1/contacts', 201, { message, data: seven }],
  ['a contact (WD-13, WD-20, T-10)', 'GET', '/contacts/123', 200, { data: seven }],
  [
    'a contact changed (WD-14, WD-25)',
    'PUT',
    '/contacts/123',
    200,
    { message: 'Contact updated successfully.', data: seven },
  ],
  ['a contact deleted (WD-15, WD-25)', 'DELETE', '/contacts/123', 200, { message: 'Contact deleted successfully.' }],
])('%s: to the letter, by mount, by token and by host', async (_, method, path, status, body) => {
  for (const [base, headers] of [
    ['/wisedata/api/v1', {}],
    ['/api/v1', {}],
    ['/api/v1', { host: 'api.wisedatanps.test' }],
  ] as const) {
    const sent = ['POST', 'PUT'].includes(method) && { body: { name: 'John Smith' } };
    const answer = await gateway.call(base + path, { method, headers, as: token, ...sent });
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toBe(JSON.stringify(body));
    expect(answer.headers['x-kith-dialect']).toBe('wisedata');
  }
});

describe('a page', () => {
  test.each([
    ['sort=name&order=asc', 'sort=name&order=asc&page=1&perPage=15'],
    ['sort=email', 'sort=email&order=desc&page=1&perPage=15'],
    ['sort=phone&per_page=100', 'sort=phone&order=desc&page=1&perPage=100'],
    ['page=7&per_page=1', 'sort=created_at&order=desc&page=7&perPage=1'],
    ['search=%2B1%20555%25', 'search=%2B1+555%25&sort=created_at&order=desc&page=1&perPage=15'],
    ['search=', 'sort=created_at&order=desc&page=1&perPage=15'],
    ['cursor=x&colour=red', 'sort=created_at&order=desc&page=1&perPage=15'],
  ])('may be asked for with %s (WD-11)', async (query, asked) => {
    await get(`/contact-lists/1/contacts?${query}`);
    expect(gateway.services.calls.at(-1)?.call).toBe(`GET /contact-lists/1/contacts?${asked}`);
  });

  test.each([
    'sort=age',
    'order=up',
    'page=0',
    'page=-1',
    'page=x',
    'page=1e1',
    'page=',
    'page=1&page=2',
    'per_page=0',
    'per_page=101',
    `search=${'x'.repeat(201)}`,
    'search=%00',
  ])('is refused with %s (WD-35, T-9)', async (query) => {
    const answer = await get(`/contact-lists/1/contacts?${query}`);
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toEqual({
      message: expect.any(String),
      errors: { [query.split('=')[0] ?? '']: [expect.any(String)] },
    });
  });

  test.each([
    [0, 1],
    [15, 1],
    [16, 2],
    [42, 3],
  ])('of %i contacts has a last one: %i (WD-21)', (total, last) => {
    expect(toPageMeta({ page: 9, perPage: 15 }, total)).toEqual({
      current_page: 9,
      per_page: 15,
      total,
      last_page: last,
    });
  });
});

test.each<['GET' | 'POST' | 'PUT' | 'DELETE', string]>([
  ['GET', '/contact-lists/all'],
  ['GET', '/contact-lists/1/contacts'],
  ['POST', '/contact-lists/1/contacts'],
  ['GET', '/contacts/123'],
  ['PUT', '/contacts/123'],
  ['DELETE', '/contacts/123'],
])('%s %s takes JSON and answers JSON, be it served or refused (WD-01)', async (method, path) => {
  const json = { 'content-type': 'application/json' };
  const send = (as: string | null, headers: Record<string, string>, body?: string) =>
    gateway.call(`/wisedata/api/v1${path}`, { method, as, headers, body });
  const takesBody = method === 'POST' || method === 'PUT';
  const body = takesBody ? '{"name":"John Smith"}' : undefined;
  const answers = [await send(token, json, body), await send(null, json, body)];
  if (takesBody) answers.push(await send(token, { 'content-type': 'text/plain' }, body));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(
    [method === 'POST' ? 201 : 200, 401, 415].slice(0, answers.length),
  );
  for (const answer of answers) {
    expect(answer.headers['content-type']).toMatch(/^application\/json(; charset=utf-8)?$/);
    expect(answer.json()).toEqual(expect.any(Object));
  }
});

test.each([
  [
    'e-mail',
    wire.emailStatus.options,
    ['valid', 'invalid', 'disposable', 'catch_all', 'bounce', 'spam', 'unknown', 'pending'],
  ],
  // `Verified` there is `valid` here (WD-42), and where it does not know the page shows nothing.
  ['phone', wire.phoneStatus.options, ['valid', 'no_whatsapp', 'invalid', 'pending', 'unknown']],
])("%s: the words are the badges of the vendor's pages (WD-41)", (_, words, badges) => {
  expect([...words].toSorted()).toEqual(badges.toSorted());
});

describe('a status is said in WiseData words (WD-42)', () => {
  test.each<[VerificationStatus, string, string]>([
    ['pending', 'pending', 'pending'],
    ['valid', 'valid', 'valid'],
    ['invalid', 'invalid', 'invalid'],
    ['disposable', 'disposable', 'unknown'],
    ['catch_all', 'catch_all', 'unknown'],
    ['risky', 'unknown', 'unknown'],
    ['unknown', 'unknown', 'unknown'],
    ['bounced', 'bounce', 'unknown'],
    ['complained', 'spam', 'unknown'],
  ])('%s: %s of an e-mail address, %s of a phone number', (status, emailStatus, phoneStatus) => {
    expect(toContact({ ...contact, emailStatus: status, phoneStatus: status })).toMatchObject({
      emailStatus,
      phoneStatus,
    });
  });

  test('and is null where there is nothing to check (WD-36)', () => {
    const nothing = { email: null, emailStatus: null, phone: null, phoneStatus: null };
    expect(toContact({ ...contact, ...nothing })).toEqual({ ...seven, ...nothing });
  });
});

describe('a contact', () => {
  test.each<[string, unknown, string[]]>([
    ['without a name (WD-30)', {}, ['name']],
    ['with a name of one letter (WD-30)', { name: 'A' }, ['name']],
    ['with a name of 101 letters (WD-30)', { name: 'x'.repeat(101) }, ['name']],
    ['with a number for a name', { name: 12 }, ['name']],
    ['with NUL in its name', { name: 'A\u0000da' }, ['name']],
    ['with a lone surrogate in its name', { name: 'A\ud800da' }, ['name']],
    ['with an e-mail that is no address (WD-31)', { name: 'Ada', email: 'nowhere' }, ['email']],
    ['with an empty e-mail', { name: 'Ada', email: '' }, ['email']],
    ['with a disposable e-mail (WD-31)', { name: 'Ada', email: 'x@mailinator.com' }, ['email']],
    ['with a phone of seven characters (WD-32)', { name: 'Ada', phone: '1234567' }, ['phone']],
    ['with a phone of 21 characters (WD-32)', { name: 'Ada', phone: '1'.repeat(21) }, ['phone']],
    [
      'with everything wrong (WD-33, WD-53)',
      { name: '', email: 'x@mailinator.com', phone: 'y' },
      ['email', 'name', 'phone'],
    ],
    ['that is a list', [], ['body']],
  ])('%s is refused, each field named, and nothing is written (T-16)', async (_, body, fields) => {
    const answer = await create(body);
    expect(answer.statusCode).toBe(422);
    expect(answer.headers['content-type']).toContain('application/json');
    const { message, errors, ...rest } = answer.json<{ message: string; errors: Record<string, string[]> }>();
    expect(rest).toEqual({});
    expect(message).not.toBe('');
    expect(Object.keys(errors).toSorted()).toEqual(fields);
    expect(Object.values(errors).every(([first]) => typeof first === 'string' && first !== '')).toBe(true);
    expect(gateway.written()).toEqual([]);
  });

  test.each([
    ["with the number of the vendor's own example (T-1)", { name: 'John Smith', phone: '+15551234567' }],
    ['with a name of two letters (WD-30)', { name: 'Al' }],
    ['with a name of 100 letters outside the BMP (WD-30)', { name: '𝒜'.repeat(100) }],
    ['with a phone of 8 characters that is none (WD-32)', { name: 'Ada', phone: '(no) no!' }],
    ['with nothing to be reached by (WD-31, WD-32)', { name: 'Ada', email: null, phone: null }],
  ])('%s is accepted as it was written', async (_, body) => {
    expect((await create(body)).statusCode).toBe(201);
    expect(gateway.written().at(-1)?.body).toEqual(body);
  });

  test('with a member that WiseData does not know is accepted, without it', async () => {
    expect((await create({ name: 'Ada', company: 'Engines' })).statusCode).toBe(201);
    expect(gateway.written().at(-1)?.body).toEqual({ name: 'Ada' });
  });

  test.each(['abc', '0', '0123', '-1', '1.5', '1e2', '99999999999999999999', '124'])(
    '%s does not exist (WD-52)',
    async (id) => {
      const answer = await get(`/contacts/${id}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toEqual({ message: expect.any(String) });
    },
  );
});

describe('a change', () => {
  const put = (body: unknown, headers: Record<string, string> = {}) =>
    gateway.call('/wisedata/api/v1/contacts/123', { method: 'PUT', body, headers, as: token });

  test.each([
    ['of the name', { name: 'Al' }],
    ['of the e-mail', { email: 'ada@example.com' }],
    ['of the phone', { phone: '12345678' }],
    ['that clears', { email: null, phone: null }],
    ['of nothing', {}],
  ])('%s leaves the rest as it is (WD-14, WD-34, T-2)', async (_, body) => {
    expect((await put(body)).statusCode).toBe(200);
    expect(gateway.written().map(({ call, body: sent }) => [call, sent])).toEqual([['PATCH /contacts/123', body]]);
  });

  test.each<[string, Record<string, string>]>([
    ['no body', {}],
    ['no body, and a content type all the same', { 'content-type': 'application/json' }],
  ])('with %s is one of nothing (WD-34)', async (_, headers) => {
    expect((await put(undefined, headers)).statusCode).toBe(200);
    expect(gateway.written()[0]?.body).toEqual({});
  });

  test('is of what WiseData knows, and of whatever version there is', async () => {
    await put({ name: 'Ada', company: 'Engines' }, { 'if-match': '"v7"' });
    expect(gateway.written()[0]?.body).toEqual({ name: 'Ada' });
    expect(gateway.written()[0]?.headers).not.toHaveProperty('if-match');
  });

  test.each<[string, unknown, string[]]>([
    ['to no name (WD-30)', { name: null }, ['name']],
    ['to a name of one letter (WD-30)', { name: 'A' }, ['name']],
    ['to a name of 101 letters (WD-30)', { name: 'x'.repeat(101) }, ['name']],
    ['to an empty e-mail (WD-31)', { email: '' }, ['email']],
    ['to a disposable e-mail (WD-31)', { email: 'x@mailinator.com' }, ['email']],
    ['to an empty phone (WD-32)', { phone: '' }, ['phone']],
    ['to a phone of seven characters (WD-32)', { phone: '1234567' }, ['phone']],
    ['of everything, wrongly (WD-33, WD-53)', { name: 1, email: 'x', phone: 'y' }, ['email', 'name', 'phone']],
    ['that is a list', [], ['body']],
  ])('%s is refused, each field named, and nothing is written (WD-34, T-16)', async (_, body, fields) => {
    const answer = await put(body);
    expect(answer.statusCode).toBe(422);
    expect(Object.keys(answer.json<{ errors: object }>().errors).toSorted()).toEqual(fields);
    expect(gateway.written()).toEqual([]);
  });

  test.each(['PUT', 'DELETE'] as const)('%s of what is not there is 404 (WD-52)', async (method) => {
    const answer = await gateway.call('/wisedata/api/v1/contacts/124', { method, as: token });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({ message: expect.any(String) });
  });

  test('DELETE may say that its body, which is not there, is JSON (WD-02)', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await gateway.call('/wisedata/api/v1/contacts/123', { method: 'DELETE', headers, as: token });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).not.toHaveProperty('etag');
  });
});

describe('who is not let in', () => {
  test.each([
    ['no token', null],
    ['a malformed token', 'nonsense'],
    ['the key of the operator', 'operator-key-of-at-least-32-characters'],
  ])('%s is 401 in the words of the vendor (WD-50, WD-57)', async (_, as) => {
    const answer = await gateway.call('/wisedata/api/v1/contact-lists/all', { as });
    expect(answer.statusCode).toBe(401);
    expect(answer.body).toBe('{"message":"Unauthenticated."}');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  test('a token of another dialect is 401 here, whatever it may elsewhere', async () => {
    const answer = await gateway.call('/wisedata/api/v1/contact-lists/all', { as: gateway.token() });
    expect(answer.statusCode).toBe(401);
    expect(answer.body).toBe('{"message":"Unauthenticated."}');
  });

  test('a plan without this API is 403 (WD-03, WD-51)', async () => {
    const as = gateway.token({ dialect: 'wisedata', plan: 'pro', apiAccess: ['wisepops', 'consuelo'] });
    const answer = await gateway.call('/wisedata/api/v1/contact-lists/all', { as });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toEqual({ message: expect.any(String) });
  });
});

test.each([
  ['/wisedata/api/v1/tokens', 404],
  ['/api/v1/tokens', 404],
  ['/api/v1/accounts', 404],
  ['/wisedata/openapi.json', 404],
])("there is nothing beyond the vendor's own calls (WD-07): %s", async (path, status) => {
  const answer = await gateway.call(path, { as: token });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toEqual({ message: expect.any(String) });
});

test.each(['/wisedata/api/v1/contact-lists', '/api/v1/contact-lists'])(
  'no list is made over %s (WD-07)',
  async (path) => {
    const answer = await gateway.call(path, { method: 'POST', body: { name: 'x' }, as: token });
    expect(answer.statusCode).toBe(404);
  },
);

test.each(['/wisedata/api/v1/contacts/123', '/api/v1/contacts/123'])(
  'a wrong method on %s is told the right one',
  async (path) => {
    const answer = await gateway.call(path, { method: 'PATCH', body: {}, as: token });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe('GET, PUT, DELETE');
  },
);
