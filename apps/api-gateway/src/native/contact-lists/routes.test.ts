import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { errorsOf, list, serveContacts, shownList, testGateway, type TestGateway } from '../../gateway.fixture.ts';

type Method = 'GET' | 'POST' | 'PATCH';

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

test('A write answers the version that it made', async () => {
  const answer = await call('POST', '/contact-lists/1/contacts', { name: 'Ada', company: 'Engines' });
  expect(answer.statusCode).toBe(201);
  expect(answer.headers['etag']).toBe('"v1"');
  expect(answer.json()).toMatchObject({ message: 'Contact created successfully.', data: { id: 123 } });
  expect(gateway.written()[0]?.body).toEqual({ name: 'Ada', company: 'Engines' });
  const created = await call('POST', '/contact-lists', { name: 'VIP Customers' });
  expect(created.headers['etag']).toBe('"v1"');
  expect(created.json()).toMatchObject({ data: { id: list.id, createdAt: shownList.createdAt } });
});

test('An unknown member is refused by its name, together with everything else that is wrong', async () => {
  const answer = await call('POST', '/contact-lists/1/contacts', {
    name: 'A',
    email: 'x@mailinator.com',
    colour: 'red',
  });
  expect(answer.statusCode).toBe(422);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  const { errors, ...problem } = answer.json<{ errors: object; instance: string }>();
  expect(Object.keys(errors).toSorted()).toEqual(['colour', 'email', 'name']);
  expect(problem).toMatchObject({ status: 422, message: 'The given data is invalid.' });
  expect(problem.instance).toBe(answer.headers['x-request-id']);
  expect(gateway.written()).toEqual([]);
});

test('All lists come in one page (WD-10, WD-24)', async () => {
  const meta = { current_page: 1, per_page: 1, total: 1, last_page: 1 };
  expect((await call('GET', '/contact-lists/all')).json()).toEqual({ data: [shownList], meta });
});

describe('A change of a list', () => {
  test('without a body changes nothing (WD-34)', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await call('PATCH', '/contact-lists/1', undefined, headers)).statusCode).toBe(200);
    expect(gateway.written()[0]?.body).toEqual({});
  });

  test.each<[string, unknown, string[]]>([
    ['an empty name', { name: '' }, ['name']],
    ['a name of 101 letters', { name: 'x'.repeat(101) }, ['name']],
    ['null for a name', { name: null }, ['name']],
    ['a number of contacts', { contactsCount: 7 }, ['contactsCount']],
  ])('to %s is refused, each field named, and nothing is written (T-16)', async (_, body, fields) => {
    const answer = await call('PATCH', '/contact-lists/1', body);
    expect([answer.statusCode, errorsOf(answer)]).toEqual([422, fields]);
    expect(gateway.written()).toEqual([]);
  });
});
