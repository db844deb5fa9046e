import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { PROXY, serveContacts, testGateway, type TestGateway } from '../gateway.fixture.ts';

const HERE = '203.0.113.7';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await testGateway();
  serveContacts(gateway);
});
afterEach(() => gateway[Symbol.asyncDispose]());

const unknown = () => {
  const token = gateway.token();
  gateway.revoke(token);
  return token;
};
const guess = (path = '/api/v1/contacts/123', options: { address?: string; headers?: Record<string, string> } = {}) =>
  gateway.call(path, { as: unknown(), address: HERE, ...options });
const times = async (count: number, ask: () => Promise<unknown>) => {
  for (let n = 0; n < count; n++) await ask();
};
const lookUps = () => gateway.services.calls.filter(({ call }) => call === 'POST /tokens/introspect').length;

test.each([
  ['natively', '/api/v1/contacts/123', { title: 'rate-limited', status: 429 }],
  ['in WiseData', '/wisedata/api/v1/contacts/123', { message: expect.stringContaining('Too many unknown tokens') }],
])('The 61st unknown token of an address within a minute is 429 %s, without a look-up', async (_, path, body) => {
  await times(60, async () => expect((await guess(path)).statusCode).toBe(401));
  const asked = lookUps();
  const refused = await guess(path);
  expect(refused.statusCode).toBe(429);
  expect(refused.json()).toMatchObject(body);
  expect(refused.headers['retry-after']).toMatch(/^(60|5\d)$/);
  expect(lookUps()).toBe(asked);
});

test('A known token goes on working from that address, and a new one from another', async () => {
  const read = (as: string, address: string) => gateway.call('/api/v1/contacts/123', { as, address });
  const known = gateway.token();
  expect((await read(known, HERE)).statusCode).toBe(200);
  await times(61, guess);
  expect((await read(known, HERE)).statusCode).toBe(200);
  expect((await read(gateway.token(), '198.51.100.1')).statusCode).toBe(200);
});

test('A proxy is believed about the address of a client only where it is trusted', async () => {
  const from = (client: string) => ({ address: PROXY, headers: { 'x-forwarded-for': client } });
  await times(60, () => guess(undefined, from('198.51.100.1')));
  expect((await guess(undefined, from('198.51.100.1'))).statusCode).toBe(429);
  expect((await guess(undefined, from('198.51.100.2'))).statusCode).toBe(401);
  // A sender that is no such proxy is not believed.
  let client = 0;
  const pretending = () => guess(undefined, { headers: { 'x-forwarded-for': `198.51.100.${client++}` } });
  await times(60, pretending);
  expect((await pretending()).statusCode).toBe(429);
});

test.each(['/healthz', '/readyz', '/openapi.json', '/docs/', '/healthz?x=1'])(
  'GET %s looks no token up',
  async (path) => {
    expect((await guess(path)).statusCode).toBe(200);
    expect(lookUps()).toBe(0);
  },
);
