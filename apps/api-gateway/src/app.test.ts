import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { serveContacts, testGateway, type TestGateway, tokenInfo } from './gateway.fixture.ts';

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
const post = (path: string, body: unknown) => gateway.call(`/api/v1${path}`, { method: 'POST', body, as: token });

test.each([
  ['/api/v1/contacts/123', 200],
  ['/api/v1/nothing', 404],
  ['/healthz', 200],
  ['/openapi.json', 200],
  ['/api/v1/contacts/%E0%A4%A', 404],
])('The answer to %s names its dialect and its request', async (url, status) => {
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
])('An answer %s is stored in no cache, and read as no other type than its own', async (_, status, ask) => {
  gateway.serve('POST /tokens', { status: 201, body: { id: tokenInfo.tokenId, token: 'kith_…' } });
  const { statusCode, headers } = await ask();
  expect(statusCode).toBe(status);
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  // Said over HTTPS only (RFC 6797, 7.2).
  expect(headers).not.toHaveProperty('strict-transport-security');
});

test.each<['GET' | 'POST' | 'PUT' | 'DELETE', string, string]>([
  ['POST', '/contacts/123', 'GET, PUT, PATCH, DELETE'],
  ['PUT', '/contact-lists/1', 'GET, PATCH, DELETE'],
  ['GET', '/contact-lists/1/contacts/123', 'PUT, DELETE'],
  ['DELETE', '/me', 'GET'],
])('The 405 of %s %s names the methods that are allowed', async (method, path, allowed) => {
  const answer = await gateway.call(`/api/v1${path}`, { method, as: token });
  expect([answer.statusCode, answer.headers['allow']]).toEqual([405, allowed]);
});

test('HEAD answers like GET, without the body', async () => {
  const { statusCode, body, headers } = await gateway.app.inject({
    method: 'HEAD',
    url: '/api/v1/contacts/123',
    headers: { authorization: `Bearer ${token}` },
  });
  expect([statusCode, body, headers['etag']]).toEqual([200, '', '"v1"']);
});
