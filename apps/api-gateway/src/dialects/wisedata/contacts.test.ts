import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { serveContacts, testGateway, type TestGateway } from '../../gateway.fixture.ts';

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

describe('A contact', () => {
  test.each(['abc', '0', '0123', '-1', '1.5', '1e2', '99999999999999999999', '124'])(
    'with the id %s does not exist (WD-52)',
    async (id) => {
      const answer = await get(`/contacts/${id}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toEqual({ message: expect.any(String) });
    },
  );

  test.each(['PUT', 'DELETE'] as const)('that does not exist is 404 for %s (WD-52)', async (method) => {
    const answer = await gateway.call('/wisedata/api/v1/contacts/124', { method, as: token });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toEqual({ message: expect.any(String) });
  });

  test('is deleted by a request without a body, whatever its content type (WD-02)', async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await gateway.call('/wisedata/api/v1/contacts/123', { method: 'DELETE', headers, as: token });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).not.toHaveProperty('etag');
  });
});

describe('A change', () => {
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
    ['no body, but a content type,', { 'content-type': 'application/json' }],
  ])('with %s changes nothing (WD-34)', async (_, headers) => {
    expect((await put(undefined, headers)).statusCode).toBe(200);
    expect(gateway.written()[0]?.body).toEqual({});
  });

  test('ignores members that WiseData does not know, and If-Match', async () => {
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
    ['of every field to a wrong value (WD-33, WD-53)', { name: 1, email: 'x', phone: 'y' }, ['email', 'name', 'phone']],
    ['that is a list', [], ['body']],
  ])('%s is refused, each field named, and nothing is written (WD-34, T-16)', async (_, body, fields) => {
    const answer = await put(body);
    expect(answer.statusCode).toBe(422);
    expect(Object.keys(answer.json<{ errors: object }>().errors).toSorted()).toEqual(fields);
    expect(gateway.written()).toEqual([]);
  });
});
