import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { serveContacts, shownContact, shownList, testGateway, type TestGateway } from '../gateway.fixture.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

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

test.each<[Method, string, object | undefined, number, string, object | undefined]>([
  ['POST', '/contacts', { name: 'Ada' }, 201, 'Contact created successfully.', shownContact],
  ['PUT', '/contacts/123', { name: 'Ada' }, 200, 'Contact updated successfully.', shownContact],
  ['PATCH', '/contacts/123', { company: null }, 200, 'Contact updated successfully.', shownContact],
  ['POST', '/contact-lists/1/contacts', { name: 'Ada' }, 201, 'Contact created successfully.', shownContact],
  ['PUT', '/contact-lists/1/contacts/123', undefined, 200, 'Contact added to the list successfully.', shownContact],
  ['POST', '/contact-lists', { name: 'VIP' }, 201, 'Contact list created successfully.', shownList],
  ['PATCH', '/contact-lists/1', { name: 'VIP' }, 200, 'Contact list updated successfully.', shownList],
])(
  '%s %s answers what it did and the version that it made (WD-23)',
  async (method, path, body, status, message, data) => {
    const answer = await call(method, path, body);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual({ message, data });
    expect(answer.headers['etag']).toBe('"v1"');
  },
);

test.each([
  ['/contacts/123', { message: 'Contact deleted successfully.' }],
  ['/contact-lists/1', { message: 'Contact list deleted successfully.' }],
  ['/contact-lists/1/contacts/123', { message: 'Contact removed from the list successfully.', data: shownContact }],
])('DELETE %s needs no body, whatever its content type, and answers no version (WD-15, WD-25)', async (path, body) => {
  for (const headers of [{}, { 'content-type': 'application/json' }]) {
    const answer = await call('DELETE', path, undefined, headers);
    expect([answer.statusCode, answer.json()]).toEqual([200, body]);
    expect(answer.headers).not.toHaveProperty('etag');
  }
});

test.each([
  ['/contacts/123', { data: shownContact }],
  ['/contact-lists/1', { data: shownList }],
])('GET %s answers the version that a write may insist on', async (path, body) => {
  const answer = await call('GET', path);
  expect(answer.json()).toEqual(body);
  expect(answer.headers['etag']).toBe('"v1"');
});

describe('If-Match', () => {
  test.each<[Method, string, object | undefined]>([
    ['PUT', '/contacts/123', {}],
    ['PATCH', '/contacts/123', {}],
    ['DELETE', '/contacts/123', undefined],
    ['PATCH', '/contact-lists/1', {}],
    ['DELETE', '/contact-lists/1', undefined],
    ['PUT', '/contact-lists/1/contacts/123', undefined],
    ['DELETE', '/contact-lists/1/contacts/123', undefined],
  ])('is passed on by %s %s', async (method, path, body) => {
    await call(method, path, body, { 'if-match': '"v7"' });
    expect(gateway.written()[0]?.headers['if-match']).toBe('"v7"');
  });

  test.each<[number, string]>([
    [200, '"v7", '.repeat(170) + '"v7"'],
    [400, `"${'7'.repeat(1_023)}"`],
    [400, '"v7", '.repeat(2_680) + '"v7"'],
  ])('is taken up to 1,024 characters, and refused beyond: %i', async (status, ifMatch) => {
    const answer = await call('PATCH', '/contacts/123', {}, { 'if-match': ifMatch });
    expect([answer.statusCode, gateway.written().length]).toEqual([status, status === 200 ? 1 : 0]);
  });

  test('of another version is 412', async () => {
    gateway.serve('PATCH /contacts/7', { status: 412, body: { detail: 'It is of version 8.' } });
    const answer = await call('PATCH', '/contacts/7', { name: 'Ada' }, { 'if-match': '"v7"' });
    expect(answer.statusCode).toBe(412);
    expect(answer.json()).toMatchObject({ message: 'It is of version 8.', title: 'precondition-failed' });
  });
});
