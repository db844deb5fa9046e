import { hash } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Scope } from '@kith/contracts';

import {
  account,
  contact,
  list,
  OPERATOR,
  serveContacts,
  testGateway,
  type TestGateway,
  tokenInfo,
} from './gateway.fixture.ts';

let gateway: TestGateway;
let token: string;
beforeAll(async () => {
  gateway = await testGateway();
  serveContacts(gateway);
  const body = { items: [], total: 0, nextCursor: null };
  gateway.serve('GET /accounts?page=1&perPage=15', { body });
  gateway.serve('GET /tokens?page=1&perPage=15', { body });
  gateway.serve(`GET /tokens?page=1&perPage=15&workspaceId=${tokenInfo.workspaceId}`, { body });
  token = gateway.token();
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.services.calls = [];
  gateway.services.away = false;
});

const TIME = '2026-06-05T13:40:00.123000Z';
const get = (path: string, as: string | null = token) => gateway.call(`/api/v1${path}`, { as });
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  gateway.call(`/api/v1${path}`, { method: 'POST', body, headers, as: token });

describe('natively', () => {
  test('a contact has everything that Kith knows, the seven keys of WiseData first', async () => {
    const { data } = (await get('/contacts/123')).json<{ data: object }>();
    expect(data).toEqual({ ...contact, createdAt: TIME, updatedAt: TIME });
    expect(Object.keys(data).slice(0, 7)).toEqual([
      'id',
      'name',
      'email',
      'phone',
      'emailStatus',
      'phoneStatus',
      'createdAt',
    ]);
  });

  test('what is written says its version', async () => {
    const answer = await post('/contact-lists/1/contacts', { name: 'Ada', company: 'Engines' });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers['etag']).toBe('"v1"');
    expect(answer.json()).toMatchObject({ message: 'Contact created successfully.', data: { id: 123 } });
    expect(gateway.written()[0]?.body).toEqual({ name: 'Ada', company: 'Engines' });
    const created = await post('/contact-lists', { name: 'VIP Customers' });
    expect(created.headers['etag']).toBe('"v1"');
    expect(created.json()).toMatchObject({ data: { id: list.id, createdAt: TIME } });
  });

  test('an unknown member is refused by its name, beside all else that is wrong', async () => {
    const answer = await post('/contact-lists/1/contacts', { name: 'A', email: 'x@mailinator.com', colour: 'red' });
    expect(answer.statusCode).toBe(422);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const { errors, ...problem } = answer.json<{ errors: object; instance: string }>();
    expect(Object.keys(errors).toSorted()).toEqual(['colour', 'email', 'name']);
    expect(problem).toMatchObject({ status: 422, message: 'The given data is invalid.' });
    expect(problem.instance).toBe(answer.headers['x-request-id']);
    expect(gateway.written()).toEqual([]);
  });
});

test.each([
  ['/api/v1/contacts/123', 200],
  ['/api/v1/nothing', 404],
  ['/healthz', 200],
  ['/openapi.json', 200],
  ['/api/v1/contacts/%E0%A4%A', 404],
])('every answer says its dialect and its request: %s', async (url, status) => {
  const answer = await gateway.call(url, { as: token });
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['x-kith-dialect']).toBe('native');
  expect(answer.headers['x-request-id']).toEqual(expect.any(String));
});

test.each<[string, number, () => Promise<{ statusCode: number; headers: object }>]>([
  ['with a contact', 200, () => get('/contacts/123')],
  ['with a new token', 201, () => post('/tokens', { name: 'ERP' })],
  ['that refuses', 401, () => get('/contacts/123', null)],
  ['to a path that cannot be read', 404, () => get('/contacts/%E0%A4%A')],
  ['with the documents', 200, () => gateway.call('/docs/')],
])('an answer %s is kept by no cache, and taken for nothing but what it says it is', async (_, status, ask) => {
  gateway.serve('POST /tokens', { status: 201, body: { id: tokenInfo.tokenId, token: 'kith_…' } });
  const { statusCode, headers } = await ask();
  expect(statusCode).toBe(status);
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  // Said over HTTPS only (RFC 6797, 7.2).
  expect(headers).not.toHaveProperty('strict-transport-security');
});

describe('401', () => {
  test.each<[string, () => string | undefined]>([
    ['no header', () => undefined],
    ['another scheme', () => `Basic ${token}`],
    ['nothing after the scheme', () => 'Bearer '],
    ['a malformed token', () => 'Bearer nonsense'],
    ['a token with one character changed', () => `Bearer ${token.slice(0, -1)}_`],
    ['a token that was revoked', () => `Bearer ${revoked()}`],
    ['an expired token', () => `Bearer ${gateway.token({ expiresAt: '2020-01-01T00:00:00.000Z' })}`],
  ])('is the answer to %s (WD-50)', async (_, authorization) => {
    const sent = authorization();
    const answer = await gateway.app.inject({
      url: '/api/v1/contact-lists/all',
      headers: sent === undefined ? {} : { authorization: sent },
    });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.json()).toMatchObject({ message: 'Unauthenticated.', status: 401 });
    expect(gateway.services.calls.some(({ call }) => call.includes('contact'))).toBe(false);
  });

  test.each<[string, () => string]>([
    ['nonsense', () => 'kith_nonsense'],
    ['of the right shape, with the checksum of another', () => `kith_${'a'.repeat(32)}${token.slice(-6)}`],
    [
      'one of ours with a digit mistyped',
      () => token.replace(/^kith_./, (start) => `kith_${start.endsWith('x') ? 'y' : 'x'}`),
    ],
  ])('is said without asking any service where the token is %s', async (_, as) => {
    expect((await get('/contact-lists/all', as())).statusCode).toBe(401);
    expect(gateway.services.calls).toEqual([]);
  });

  const revoked = () => {
    const gone = gateway.token();
    gateway.revoke(gone);
    return gone;
  };
});

describe('403', () => {
  test.each<[string, 'GET' | 'POST', string, Scope, Scope[]]>([
    ['a read', 'GET', '/api/v1/contact-lists/all', 'contacts.readonly', ['contacts.write']],
    ['a write', 'POST', '/api/v1/contact-lists', 'contacts.write', ['contacts.readonly']],
    ['tokens', 'GET', '/api/v1/tokens', 'tokens.admin', ['contacts.readonly', 'contacts.write']],
  ])('names the scope that %s needs', async (_, method, url, missing, scopes) => {
    const answer = await gateway.call(url, { method, as: gateway.token({ scopes }) });
    expect(answer.statusCode).toBe(403);
    expect(answer.json<{ message: string }>().message).toContain(missing);
  });

  test('is for a plan without this API (WD-51)', async () => {
    const answer = await get('/contact-lists/all', gateway.token({ plan: 'pro', apiAccess: ['wisepops'] }));
    expect(answer.statusCode).toBe(403);
  });

  test.each(['/accounts', `/accounts/${account.id}`])('is for a tenant at %s', async (path) => {
    expect((await get(path)).statusCode).toBe(403);
  });

  test.each(['/contact-lists/all', '/contacts/123'])('is for the operator at %s', async (path) => {
    expect((await get(path, OPERATOR)).statusCode).toBe(403);
  });
});

describe('the operator', () => {
  test.each(['/accounts', '/tokens'])('is let in at %s', async (path) => {
    const answer = await get(path, OPERATOR);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ data: expect.any(Array), meta: { current_page: 1, last_page: 1 } });
  });

  test('makes a token for the workspace that is named, and only for one that is', async () => {
    gateway.serve('POST /tokens', { status: 201, body: { id: tokenInfo.tokenId, token: 'kith_…' } });
    const make = (body: object) => gateway.call('/api/v1/tokens', { method: 'POST', body, as: OPERATOR });
    const { workspaceId } = tokenInfo;
    const made = await make({ name: 'CRM integration', workspaceId });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({ data: { token: 'kith_…' } });
    expect(gateway.written()[0]?.body).toMatchObject({ workspaceId, scopes: ['contacts.readonly', 'contacts.write'] });
    const refused = await make({ name: '' });
    expect(Object.keys(refused.json<{ errors: object }>().errors).toSorted()).toEqual(['name', 'workspaceId']);
  });
});

describe('a token with tokens.admin', () => {
  test('reaches the tokens of its own workspace', async () => {
    expect((await get('/tokens')).statusCode).toBe(200);
    expect(gateway.services.calls.at(-1)?.call).toBe(
      `GET /tokens?page=1&perPage=15&workspaceId=${tokenInfo.workspaceId}`,
    );
    expect((await post('/tokens', { name: 'Second' })).statusCode).toBe(201);
    expect(gateway.written().at(-1)?.body).toMatchObject({ workspaceId: tokenInfo.workspaceId });
  });

  test.each<[string, object, string[]]>([
    ['a scope that it lacks', { name: 'Second', scopes: ['contacts.readonly', 'webhooks.manage'] }, ['scopes']],
    ['all that is wrong at once', { name: '', scopes: ['webhooks.manage'] }, ['name', 'scopes']],
    ['no scope that there is', { name: 'Second', scopes: ['everything'] }, ['scopes.0']],
  ])('gives nobody more than it has, and is told %s', async (_, body, fields) => {
    const answer = await post('/tokens', body);
    expect(answer.statusCode).toBe(422);
    expect(Object.keys(answer.json<{ errors: object }>().errors).toSorted()).toEqual(fields);
    expect(gateway.written()).toEqual([]);
  });

  test('gives away no default either that it lacks', async () => {
    const as = gateway.token({ scopes: ['tokens.admin'] });
    const answer = await gateway.call('/api/v1/tokens', { method: 'POST', body: { name: 'Second' }, as });
    expect(answer.json()).toMatchObject({
      status: 422,
      errors: { scopes: [expect.stringContaining('contacts.readonly'), expect.stringContaining('contacts.write')] },
    });
  });

  describe('that ends', () => {
    const end = '2999-01-01T00:00:00.000Z';
    const make = (body: object) =>
      gateway.call('/api/v1/tokens', { method: 'POST', body, as: gateway.token({ expiresAt: end }) });

    test.each<[string, object, string]>([
      ['one that ends before it', { expiresAt: '2998-12-31T23:59:59Z' }, '2998-12-31T23:59:59Z'],
      ['one that ends with it', { expiresAt: '2999-01-01T01:00:00+01:00' }, '2999-01-01T01:00:00+01:00'],
      ['one that ends with it unless it is told otherwise', {}, end],
    ])('makes %s', async (_, asked, expiresAt) => {
      const answer = await make({ name: 'Second', ...asked });
      expect([answer.statusCode, gateway.written().at(-1)?.body]).toMatchObject([201, { expiresAt }]);
    });

    test.each<[string, object, string[]]>([
      ['for ever', { name: 'Second', expiresAt: null }, ['expiresAt']],
      ['a millisecond longer', { name: 'Second', expiresAt: '2999-01-01T00:00:00.001Z' }, ['expiresAt']],
      ['longer, by its offset', { name: 'Second', expiresAt: '2998-12-31T23:59:59-00:01' }, ['expiresAt']],
      ['with more that is wrong', { scopes: ['privacy.erase'], expiresAt: null }, ['expiresAt', 'name', 'scopes']],
      ['until no time', { name: 'Second', expiresAt: 'soon' }, ['expiresAt']],
    ])('makes none that lives on %s', async (_, body, fields) => {
      const answer = await make(body);
      expect(answer.statusCode).toBe(422);
      expect(Object.keys(answer.json<{ errors: object }>().errors).toSorted()).toEqual(fields);
      expect(gateway.written()).toEqual([]);
    });

    test('is told of nothing but its body where that is no object', async () => {
      const answer = await make([]);
      expect([answer.statusCode, Object.keys(answer.json<{ errors: object }>().errors)]).toEqual([422, ['body']]);
    });
  });

  test('is told how many complaints there are beside a hundred', async () => {
    const members = Array.from({ length: 200 }, (_, n) => [`field-${n}`, 1]);
    const answer = await post('/tokens', { name: 'Second', ...Object.fromEntries(members) });
    const { message, errors } = answer.json<{ message: string; errors: object }>();
    expect([answer.statusCode, Object.keys(errors).length]).toEqual([422, 100]);
    expect(message).toBe('The given data is invalid. 100 more complaints are left out.');
  });

  test('reaches no other workspace: it does not exist (T-7)', async () => {
    const workspaceId = 'ws_00000000000000000000000009';
    expect((await get(`/tokens?workspaceId=${workspaceId}`)).statusCode).toBe(404);
    expect((await post('/tokens', { name: 'Second', workspaceId })).statusCode).toBe(404);
    expect(gateway.written()).toEqual([]);
  });
});

describe('revoked here, a token', () => {
  test('is refused on its next request (WD-06, T-15)', async () => {
    const victim = gateway.token({ tokenId: 'tok_00000000000000000000000777' });
    expect((await get('/contact-lists/all', victim)).statusCode).toBe(200);
    gateway.revoke(victim);
    expect((await get('/contact-lists/all', victim)).statusCode).toBe(200);
    gateway.serve('DELETE /tokens/tok_00000000000000000000000777', { status: 204 });
    const answer = await gateway.call('/api/v1/tokens/tok_00000000000000000000000777', {
      method: 'DELETE',
      as: OPERATOR,
    });
    expect(answer.statusCode).toBe(200);
    expect((await get('/contact-lists/all', victim)).statusCode).toBe(401);
  });

  test('and one whose account changed its plan goes by the new one at once', async () => {
    const accountId = 'acc_00000000000000000000000777';
    const changing = { tokenId: 'tok_00000000000000000000000778', accountId };
    const customer = gateway.token(changing);
    expect((await get('/contact-lists/all', customer)).statusCode).toBe(200);
    gateway.change(customer, { ...tokenInfo, ...changing, plan: 'free', apiAccess: [] });
    gateway.serve(`PATCH /accounts/${accountId}`, { body: account });
    const body = { plan: 'free' };
    await gateway.call(`/api/v1/accounts/${accountId}`, { method: 'PATCH', body, as: OPERATOR });
    expect((await get('/contact-lists/all', customer)).statusCode).toBe(403);
  });
});

describe('with the services away', () => {
  test('an unknown token is told to come again, not that it is wrong', async () => {
    gateway.services.away = true;
    const answer = await get('/contact-lists/all', gateway.token());
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
  });

  test('a known one is let in, and told what is away', async () => {
    await get('/contact-lists/all');
    gateway.services.away = true;
    const answer = await get('/contact-lists/all');
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
  });
});

describe('a request passed on', () => {
  test('says on whose behalf, within which request, and never with what token', async () => {
    const REQUEST = '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e';
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await gateway.call('/api/v1/contacts/123', { as: token, headers: { 'x-request-id': REQUEST, traceparent } });
    const { headers } = gateway.services.calls.at(-1) ?? {};
    expect(headers).toMatchObject({
      'x-request-id': REQUEST,
      traceparent,
      'x-kith-workspace': tokenInfo.workspaceId,
      'x-kith-token': 'tok_00000000000000000000000001',
    });
    expect(JSON.stringify(headers)).not.toContain(token);
  });

  test.each([
    undefined,
    'nonsense',
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  ])('begins a trace where it comes with %j', async (traceparent) => {
    const ask = () =>
      gateway.call('/api/v1/contacts/123', { as: token, headers: { ...(traceparent && { traceparent }) } });
    await ask();
    await ask();
    const [first, second] = gateway.services.calls.slice(-2).map(({ headers }) => headers['traceparent']);
    expect(first).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
    expect(second).not.toBe(first);
    expect(traceparent).not.toBe(first);
  });

  test("of the operator's is told from a token's", async () => {
    gateway.serve('POST /accounts', { status: 201, body: account });
    await gateway.call('/api/v1/accounts', {
      as: OPERATOR,
      method: 'POST',
      body: { name: 'Engines', plan: 'business' },
      headers: { 'idempotency-key': 'k' },
    });
    expect(gateway.services.calls.at(-1)?.headers).toMatchObject({
      'x-kith-token': 'operator',
      'idempotency-key': hash('sha256', 'operator\nk'),
    });
  });

  test('says nothing of what its client calls it, and calls it the same each time', async () => {
    const named = { 'x-request-id': 'ada.lovelace.14155552671', 'idempotency-key': 'ada.lovelace@example.com' };
    await post('/contact-lists', { name: 'x' }, named);
    const answer = await post('/contact-lists', { name: 'x' }, named);
    expect(answer.headers['x-request-id']).toBe(named['x-request-id']);
    const [first, second] = gateway.services.calls.slice(-2).map(({ headers }) => headers);
    expect(JSON.stringify(first)).not.toMatch(/lovelace|14155552671/);
    for (const header of ['x-request-id', 'idempotency-key', 'x-kith-request-hash'])
      expect(second?.[header]).toBe(first?.[header]);
  });

  test('carries its idempotency key, with what tells other requests from it', async () => {
    const hashes = new Set<unknown>();
    for (const [path, body] of [
      ['/contact-lists', { name: 'Ada' }],
      ['/contact-lists', { name: 'Ada' }],
      ['/contact-lists', { name: 'Bob' }],
      ['/contact-lists/1/contacts', { name: 'Ada' }],
    ] as const) {
      await post(path, body, { 'idempotency-key': 'k' });
      const { headers } = gateway.services.calls.at(-1) ?? {};
      expect(headers?.['idempotency-key']).toBe(hash('sha256', `${String(headers?.['x-kith-token'])}\nk`));
      hashes.add(headers?.['x-kith-request-hash']);
    }
    expect(hashes.size).toBe(3);
  });

  test('says so where its answer was given before', async () => {
    const headers = { 'idempotency-replayed': 'true' };
    gateway.serve('POST /contact-lists', { status: 201, headers, body: list });
    expect((await post('/contact-lists', { name: 'x' })).headers['idempotency-replayed']).toBe('true');
  });

  test.each(['x'.repeat(256), 'a b', ''])('is refused with the idempotency key %j', async (key) => {
    const answer = await post('/contact-lists', { name: 'x' }, { 'idempotency-key': key });
    expect(answer.statusCode).toBe(400);
    expect(gateway.written()).toEqual([]);
  });
});
