import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { principalHeaders } from '@kith/contracts';

import { type HttpApp, httpApp } from './app.ts';
import { idempotencyKeyOf, onBehalfOf, sendOnce } from './on-behalf.ts';

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const WORKSPACE = `ws_${'1'.repeat(26)}`;
const TOKEN = `tok_${'2'.repeat(26)}`;
const HASH = 'a'.repeat(64);

let app: HttpApp;
beforeAll(async () => {
  app = httpApp({ logger: false, ready: async () => {} });
  app.post('/things', { schema: { headers: principalHeaders } }, async (request) => onBehalfOf(request));
  app.post('/accounts', async (request) => onBehalfOf(request));
  app.post('/keys', async (request) => ({ key: idempotencyKeyOf(request) ?? null }));
  app.post<{ Querystring: { replayed?: string } }>('/once', (request, reply) =>
    sendOnce(reply, { status: 201, body: { id: 1 }, replayed: request.query.replayed === 'yes' }),
  );
  await app.ready();
});
afterAll(() => app.close());

const post = (url: string, headers: Record<string, string> = {}) => app.inject({ method: 'POST', url, headers });
const gateway = { 'x-kith-workspace': WORKSPACE, 'x-kith-token': TOKEN };

describe('A write on behalf of a client', () => {
  test('is made within its workspace and stored with its token, its request id and its trace', async () => {
    const id = '0198a3f4-7b1c-7def-8123-456789abcdef';
    const answer = await post('/things', { ...gateway, 'x-request-id': id, traceparent: TRACE });
    expect(answer.json()).toEqual({
      within: { workspaceId: WORKSPACE },
      context: { meta: { requestId: id, actor: TOKEN, traceparent: TRACE } },
    });
  });

  test('of the operator is within no workspace', async () => {
    const answer = await post('/accounts', { 'x-kith-token': 'operator' });
    expect(answer.json()).toEqual({
      within: {},
      context: { meta: { requestId: expect.any(String), actor: 'operator' } },
    });
  });

  test('does not store a trace in another form than that of the standard, which could say anything', async () => {
    const answer = await post('/things', { ...gateway, traceparent: `${TRACE}-ada@kith.test` });
    expect(answer.json<{ context: { meta: object } }>().context.meta).not.toHaveProperty('traceparent');
  });
});

describe('If-Match (RFC 9110, 13.1.1)', () => {
  test.each<[string, string, readonly number[] | undefined]>([
    ['names a version', '"v7"', [7]],
    ['names several versions', '"v7" , "v12",\t"v3"', [7, 12, 3]],
    ['allows any version with *', ' * ', undefined],
    ['matches nothing with a weak tag', 'W/"v7"', []],
    ['matches nothing with a tag of somebody else', '"abc", "v07x", "v"', []],
    ['matches nothing with a version larger than any', '"v1234567890"', []],
    ['reads a comma within a tag as a part of that tag', '"v1,v2"', []],
  ])('%s', async (_, sent, versions) => {
    const answer = await post('/things', { ...gateway, 'if-match': sent });
    expect(answer.json<{ within: { ifVersions?: number[] } }>().within.ifVersions).toEqual(versions);
  });

  test.each(['v7', '"v7', '"v7" "v8"', '"v7",', '', '*, "v7"'])('is refused with a reason as %j', async (sent) => {
    const answer = await post('/things', { ...gateway, 'if-match': sent });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ detail: expect.stringContaining('If-Match must be * or ETags') });
  });
});

describe('An idempotency key', () => {
  const keyed = { ...gateway, 'idempotency-key': HASH, 'x-kith-request-hash': HASH };

  test('belongs to the token that sent it', async () => {
    expect((await post('/keys', keyed)).json()).toEqual({ key: { scope: TOKEN, key: HASH, hash: HASH } });
  });

  test.each(['x-kith-token', 'idempotency-key', 'x-kith-request-hash'])('is none without %s', async (missing) => {
    const headers = Object.fromEntries(Object.entries(keyed).filter(([name]) => name !== missing));
    expect((await post('/keys', headers)).json()).toEqual({ key: null });
  });

  test.each(['idempotency-key', 'x-kith-request-hash'])('is refused where %s is no SHA-256', async (name) => {
    expect((await post('/keys', { ...keyed, [name]: 'order 7' })).statusCode).toBe(400);
  });

  test('given again is answered with a header that says so', async () => {
    const [first, again] = [await post('/once'), await post('/once?replayed=yes')];
    expect([first.statusCode, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect([again.statusCode, again.headers['idempotency-replayed']]).toEqual([201, 'true']);
    expect(again.json()).toEqual(first.json());
  });
});
