import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { serveContacts, testGateway, type TestGateway } from '../gateway.fixture.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway();
  serveContacts(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const headers = { 'content-type': 'application/json' };
const change = (url: string, payload?: string) =>
  gateway.app.inject({
    method: 'PATCH',
    url: `/api/v1${url}`,
    headers: { ...headers, authorization: `Bearer ${gateway.token()}` },
    ...(payload !== undefined && { payload }),
  });

test.each(['/contacts/123', '/contact-lists/1'])('PATCH %s without a body is an empty change (NA-7)', async (url) => {
  await change(url);
  expect(gateway.written().at(-1)?.body).toEqual({});
});

test.each(['/contacts/123', '/contact-lists/1'])(
  'PATCH %s refuses null, which is a body and no object',
  async (url) => {
    const calls = gateway.written().length;
    const answer = await change(url, 'null');
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ errors: { body: [expect.any(String)] } });
    expect(gateway.written()).toHaveLength(calls);
  },
);
