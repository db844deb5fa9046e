import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Scope } from '@kith/contracts';

import { account, OPERATOR, serveContacts, testGateway, type TestGateway } from '../gateway.fixture.ts';

let gateway: TestGateway;
let token: string;
beforeAll(async () => {
  gateway = await testGateway();
  serveContacts(gateway);
  const body = { items: [], total: 0, nextCursor: null };
  gateway.serve('GET /accounts?page=1&perPage=15', { body });
  gateway.serve('GET /tokens?page=1&perPage=15', { body });
  token = gateway.token();
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.services.calls = [];
  gateway.services.away = false;
});

const get = (path: string, as: string | null = token) => gateway.call(`/api/v1${path}`, { as });

describe('Authentication:', () => {
  test.each<[string, () => string | undefined]>([
    ['no header', () => undefined],
    ['another scheme', () => `Basic ${token}`],
    ['nothing after the scheme', () => 'Bearer '],
    ['a malformed token', () => 'Bearer nonsense'],
    ['a token with one character changed', () => `Bearer ${token.slice(0, -1)}_`],
    ['a token that was revoked', () => `Bearer ${revoked()}`],
    ['an expired token', () => `Bearer ${gateway.token({ expiresAt: '2020-01-01T00:00:00.000Z' })}`],
  ])('a request with %s is 401 (WD-50)', async (_, authorization) => {
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
    ['that is nonsense', () => 'kith_nonsense'],
    ['of the right shape, with the checksum of another', () => `kith_${'a'.repeat(32)}${token.slice(-6)}`],
    ['with a mistyped digit', () => token.replace(/^kith_./, (start) => `kith_${start.endsWith('x') ? 'y' : 'x'}`)],
  ])('a token %s is refused without a look-up', async (_, as) => {
    expect((await get('/contact-lists/all', as())).statusCode).toBe(401);
    expect(gateway.services.calls).toEqual([]);
  });

  const revoked = () => {
    const gone = gateway.token();
    gateway.revoke(gone);
    return gone;
  };
});

describe('Authorization:', () => {
  test.each<[string, 'GET' | 'POST', string, Scope, Scope[]]>([
    ['a read', 'GET', '/api/v1/contact-lists/all', 'contacts.readonly', ['contacts.write']],
    ['a write', 'POST', '/api/v1/contact-lists', 'contacts.write', ['contacts.readonly']],
    ['the token API', 'GET', '/api/v1/tokens', 'tokens.admin', ['contacts.readonly', 'contacts.write']],
  ])('a 403 names the scope that %s needs', async (_, method, url, missing, scopes) => {
    const answer = await gateway.call(url, { method, as: gateway.token({ scopes }) });
    expect(answer.statusCode).toBe(403);
    expect(answer.json<{ message: string }>().message).toContain(missing);
  });

  test('a token whose plan lacks this API is 403 (WD-51)', async () => {
    const answer = await get('/contact-lists/all', gateway.token({ plan: 'pro', apiAccess: ['wisepops'] }));
    expect(answer.statusCode).toBe(403);
  });

  test.each(['/accounts', `/accounts/${account.id}`])('a tenant is 403 at %s', async (path) => {
    expect((await get(path)).statusCode).toBe(403);
  });

  test.each(['/contact-lists/all', '/contacts/123'])('the operator is 403 at %s', async (path) => {
    expect((await get(path, OPERATOR)).statusCode).toBe(403);
  });
});

describe('The operator', () => {
  test.each(['/accounts', '/tokens'])('may read %s', async (path) => {
    const answer = await get(path, OPERATOR);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ data: expect.any(Array), meta: { current_page: 1, last_page: 1 } });
  });
});

describe('While the services are away,', () => {
  test('an unknown token is answered 503 with Retry-After, not 401', async () => {
    gateway.services.away = true;
    const answer = await get('/contact-lists/all', gateway.token());
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
  });

  test('a known token is let in, and its call answered 503 with Retry-After', async () => {
    await get('/contact-lists/all');
    gateway.services.away = true;
    const answer = await get('/contact-lists/all');
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
  });
});
