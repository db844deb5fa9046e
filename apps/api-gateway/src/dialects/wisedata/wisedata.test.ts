import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { VerificationStatus } from '@kith/contracts/contacts';

import { contact, list, serveContacts, testGateway, type TestGateway } from '../../gateway.fixture.ts';
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
])(
  'The answer with %s is the documented one to the letter, by mount, by token and by host',
  async (_, method, path, status, body) => {
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
  },
);

test.each<['GET' | 'POST' | 'PUT' | 'DELETE', string]>([
  ['GET', '/contact-lists/all'],
  ['GET', '/contact-lists/1/contacts'],
  ['POST', '/contact-lists/1/contacts'],
  ['GET', '/contacts/123'],
  ['PUT', '/contacts/123'],
  ['DELETE', '/contacts/123'],
])('%s %s takes JSON and answers JSON, also where it refuses (WD-01)', async (method, path) => {
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
])("The %s statuses are the badges of the vendor's pages (WD-41)", (_, words, badges) => {
  expect([...words].toSorted()).toEqual(badges.toSorted());
});

describe('A status in WiseData words (WD-42)', () => {
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
  ])('is, for %s, %s of an e-mail address and %s of a phone number', (status, emailStatus, phoneStatus) => {
    expect(toContact({ ...contact, emailStatus: status, phoneStatus: status })).toMatchObject({
      emailStatus,
      phoneStatus,
    });
  });

  test('is null where there is nothing to check (WD-36)', () => {
    const nothing = { email: null, emailStatus: null, phone: null, phoneStatus: null };
    expect(toContact({ ...contact, ...nothing })).toEqual({ ...seven, ...nothing });
  });
});

describe('A request with', () => {
  test.each([
    ['no token', null],
    ['a malformed token', 'nonsense'],
    ["the operator's key", 'operator-key-of-at-least-32-characters'],
  ])("%s is 401 in the vendor's words (WD-50, WD-57)", async (_, as) => {
    const answer = await gateway.call('/wisedata/api/v1/contact-lists/all', { as });
    expect(answer.statusCode).toBe(401);
    expect(answer.body).toBe('{"message":"Unauthenticated."}');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  test('a token of another dialect is 401, whatever the token may do elsewhere', async () => {
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
])("The path %s, which is no call of the vendor's, is not found (WD-07)", async (path, status) => {
  const answer = await gateway.call(path, { as: token });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toEqual({ message: expect.any(String) });
});

test.each(['/wisedata/api/v1/contact-lists', '/api/v1/contact-lists'])(
  'POST %s creates no list (WD-07)',
  async (path) => {
    const answer = await gateway.call(path, { method: 'POST', body: { name: 'x' }, as: token });
    expect(answer.statusCode).toBe(404);
  },
);

test.each(['/wisedata/api/v1/contacts/123', '/api/v1/contacts/123'])(
  'The 405 of %s names the methods that are allowed',
  async (path) => {
    const answer = await gateway.call(path, { method: 'PATCH', body: {}, as: token });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe('GET, PUT, DELETE');
  },
);
