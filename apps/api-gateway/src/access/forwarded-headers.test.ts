import { hash } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import {
  account,
  list,
  OPERATOR,
  serveContacts,
  testGateway,
  type TestGateway,
  tokenInfo,
} from '../gateway.fixture.ts';

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

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  gateway.call(`/api/v1${path}`, { method: 'POST', body, headers, as: token });

describe('A forwarded request', () => {
  test('names its workspace, its request and the id of its token, and never carries the token', async () => {
    const REQUEST = '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e';
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await gateway.call('/api/v1/contacts/123', { as: token, headers: { 'x-request-id': REQUEST, traceparent } });
    const { headers } = gateway.services.calls.at(-1) ?? {};
    expect(headers).toMatchObject({
      'x-request-id': REQUEST,
      traceparent,
      'x-kith-workspace': tokenInfo.workspaceId,
      'x-kith-token': 'tok_00000000000000000000000001',
    });
    expect(JSON.stringify(headers)).not.toContain(token);
  });

  test.each([
    undefined,
    'nonsense',
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  ])('begins a new trace where the client sends the traceparent %j', async (traceparent) => {
    const ask = () =>
      gateway.call('/api/v1/contacts/123', { as: token, headers: { ...(traceparent && { traceparent }) } });
    await ask();
    await ask();
    const [first, second] = gateway.services.calls.slice(-2).map(({ headers }) => headers['traceparent']);
    expect(first).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
    expect(second).not.toBe(first);
    expect(traceparent).not.toBe(first);
  });

  test('is marked where it comes from the operator', async () => {
    gateway.serve('POST /accounts', { status: 201, body: account });
    await gateway.call('/api/v1/accounts', {
      as: OPERATOR,
      method: 'POST',
      body: { name: 'Engines', plan: 'business' },
      headers: { 'idempotency-key': 'k' },
    });
    expect(gateway.services.calls.at(-1)?.headers).toMatchObject({
      'x-kith-token': 'operator',
      'idempotency-key': hash('sha256', 'operator\nk'),
    });
  });

  test('carries hashes of the request id and the idempotency key that the client wrote, the same each time', async () => {
    const named = { 'x-request-id': 'ada.lovelace.14155552671', 'idempotency-key': 'ada.lovelace@example.com' };
    await post('/contact-lists', { name: 'x' }, named);
    const answer = await post('/contact-lists', { name: 'x' }, named);
    expect(answer.headers['x-request-id']).toBe(named['x-request-id']);
    const [first, second] = gateway.services.calls.slice(-2).map(({ headers }) => headers);
    expect(JSON.stringify(first)).not.toMatch(/lovelace|14155552671/);
    for (const header of ['x-request-id', 'idempotency-key', 'x-kith-request-hash'])
      expect(second?.[header]).toBe(first?.[header]);
  });

  test('carries a hash that tells it from other requests under its idempotency key', async () => {
    const hashes = new Set<unknown>();
    for (const [path, body] of [
      ['/contact-lists', { name: 'Ada' }],
      ['/contact-lists', { name: 'Ada' }],
      ['/contact-lists', { name: 'Bob' }],
      ['/contact-lists/1/contacts', { name: 'Ada' }],
    ] as const) {
      await post(path, body, { 'idempotency-key': 'k' });
      const { headers } = gateway.services.calls.at(-1) ?? {};
      expect(headers?.['idempotency-key']).toBe(hash('sha256', `${String(headers?.['x-kith-token'])}\nk`));
      hashes.add(headers?.['x-kith-request-hash']);
    }
    expect(hashes.size).toBe(3);
  });

  test('is answered with Idempotency-Replayed where the answer was given before', async () => {
    const headers = { 'idempotency-replayed': 'true' };
    gateway.serve('POST /contact-lists', { status: 201, headers, body: list });
    expect((await post('/contact-lists', { name: 'x' })).headers['idempotency-replayed']).toBe('true');
  });

  test.each(['x'.repeat(256), 'a b', ''])(
    'is never sent with the idempotency key %j: the client gets 400',
    async (key) => {
      const answer = await post('/contact-lists', { name: 'x' }, { 'idempotency-key': key });
      expect(answer.statusCode).toBe(400);
      expect(gateway.written()).toEqual([]);
    },
  );
});
