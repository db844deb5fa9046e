import { afterAll, expect, test } from '@jest/globals';

import { headers, serviceOnDatabase } from './service.fixture.ts';

const service = await serviceOnDatabase();
afterAll(() => service[Symbol.asyncDispose]());
const { app } = service;

test.each([
  ['without the internal key', {}],
  ['with a wrong internal key', { 'x-kith-internal-key': 'x'.repeat(40) }],
])('a request %s is refused', async (_, sent) => {
  const { 'x-kith-internal-key': _key, ...principal } = headers();
  const answer = await app.inject({ url: '/contact-lists/all', headers: { ...principal, ...sent } });
  expect(answer.statusCode).toBe(401);
});
