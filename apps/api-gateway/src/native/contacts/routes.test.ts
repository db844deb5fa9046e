import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { errorsOf, serveContacts, shownContact, testGateway, type TestGateway } from '../../gateway.fixture.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH';

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

const call = (method: Method, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  gateway.call(`/api/v1${path}`, { method, body, headers, as: token });

test("A contact shows everything that Kith knows, WiseData's seven keys first", async () => {
  const { data } = (await call('GET', '/contacts/123')).json<{ data: object }>();
  expect(data).toEqual(shownContact);
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

describe.each(['/contacts', '/contact-lists/1/contacts'])('A new contact by POST %s', (path) => {
  test.each<[object]>([
    [{ name: 'Ada' }],
    [{ firstName: 'Ada' }],
    [{ lastName: 'Lovelace', firstName: null }],
    [{ firstName: 'A', lastName: 'L' }],
    [{ name: 'Countess of Lovelace', firstName: 'Ada', lastName: 'King' }],
  ])('is accepted with a name, whole or in parts: %j', async (body) => {
    expect((await call('POST', path, body)).statusCode).toBe(201);
    expect(gateway.written()[0]?.body).toEqual(body);
  });

  test.each<[string, unknown, string[]]>([
    ['nothing', {}, ['name']],
    ['null for a name (WD-30)', { name: null, firstName: 'Ada' }, ['name']],
    ['null for all of its parts', { firstName: null, lastName: null }, ['name']],
    ['parts that join to one letter (WD-30)', { firstName: 'A' }, ['name']],
    ['parts that join to 101 (WD-30)', { firstName: 'x'.repeat(50), lastName: 'y'.repeat(50) }, ['name']],
    [
      'no name, and more that is wrong',
      { email: 'x', colour: 'red', firstName: 7 },
      ['colour', 'email', 'firstName', 'name'],
    ],
    ['an array for a body', [{ name: 'Ada' }], ['body', 'name']],
    ['null for a body', null, ['body']],
  ])('with %s is refused, each field named, and nothing is written (T-16)', async (_, body, fields) => {
    const answer = await gateway.call(`/api/v1${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      as: token,
    });
    expect([answer.statusCode, errorsOf(answer)]).toEqual([422, fields]);
    expect(gateway.written()).toEqual([]);
  });
});

describe('A change of a contact', () => {
  test.each(['PUT', 'PATCH'] as const)(
    'by %s changes what it names, and null clears (WD-14, WD-34)',
    async (method) => {
      const changes = { name: 'Al', email: null, phone: null, company: 'Engines', address: null, note: null };
      expect((await call(method, '/contacts/123', changes)).statusCode).toBe(200);
      expect(gateway.written()).toMatchObject([{ call: 'PATCH /contacts/123', body: changes }]);
    },
  );

  test.each<[Method, Record<string, string>]>([
    ['PUT', {}],
    ['PUT', { 'content-type': 'application/json' }],
    ['PATCH', {}],
  ])('by %s without a body changes nothing, with the headers %j (WD-34)', async (method, headers) => {
    expect((await call(method, '/contacts/123', undefined, headers)).statusCode).toBe(200);
    expect(gateway.written()[0]?.body).toEqual({});
  });

  test.each<[string, unknown, string[]]>([
    ['no name (WD-30)', { name: null }, ['name']],
    ['a name of one letter (WD-30)', { name: 'A' }, ['name']],
    ['an empty e-mail (WD-31)', { email: '' }, ['email']],
    ['a disposable e-mail (WD-31)', { email: 'x@mailinator.com' }, ['email']],
    ['an empty phone (WD-32)', { phone: '' }, ['phone']],
    ['unknown members', { colour: 'red', id: 7 }, ['colour', 'id']],
    ['several wrong values', { name: 1, phone: [], website: 'x' }, ['name', 'phone', 'website']],
  ])('to %s is refused, each field named, and nothing is written (T-16)', async (_, body, fields) => {
    const answer = await call('PATCH', '/contacts/123', body);
    expect([answer.statusCode, errorsOf(answer)]).toEqual([422, fields]);
    expect(gateway.written()).toEqual([]);
  });
});
