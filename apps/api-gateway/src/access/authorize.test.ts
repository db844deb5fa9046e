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
