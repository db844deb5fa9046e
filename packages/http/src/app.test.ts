import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Problem } from '@kith/contracts';
import { Pool } from 'undici';
import { z } from 'zod';

import { type HttpApp, httpApp } from './app.ts';

const KEY = 'an internal key of at least 32 characters';
const lines: string[] = [];
let ready: () => Promise<unknown>;
let app: HttpApp;

beforeAll(async () => {
  app = httpApp({
    logger: { level: 'info', stream: { write: (line: string) => void lines.push(line) } },
    ready: () => ready(),
    internalKeys: [KEY, `${KEY}, the next`],
  });
  const body = z.strictObject({ name: z.string().min(2), age: z.int().optional() });
  app.post('/things', { schema: { body } }, async ({ body: thing }) => thing);
  app.get('/things/:id', { schema: { params: z.object({ id: z.coerce.number().int() }) } }, async () => ({}));
  app.delete('/things/:id', async () => ({ message: 'Gone.' }));
  app.get('/fails', async () => {
    throw Object.assign(new Error('value "ada@kith.test" violates'), {
      severity: 'ERROR',
      code: '23505',
      detail: 'Key (email)=(ada@kith.test) already exists.',
    });
  });
  app.get('/away', async () => {
    throw new Problem('unavailable', 'Away.', { retryAfter: 7 });
  });
  app.get('/outage', async () => {
    throw Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
  });
  await app.ready();
});
afterAll(() => app.close());

type Options = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  payload?: string | Buffer;
  headers?: Record<string, string>;
};
const call = (url: string, { method = 'GET', payload, headers }: Options = {}) =>
  app.inject({
    method,
    url,
    headers: { 'x-kith-internal-key': KEY, ...headers },
    ...(payload !== undefined && { payload }),
  });
const json = { 'content-type': 'application/json' };

describe('a request that cannot be served', () => {
  test.each<[string, number, string, Options]>([
    ['broken JSON', 400, '/things', { method: 'POST', payload: '{', headers: json }],
    [
      'a body that reaches for the prototype',
      400,
      '/things',
      { method: 'POST', payload: '{"__proto__":{}}', headers: json },
    ],
    ['no body', 400, '/things', { method: 'POST', payload: '', headers: json }],
    [
      'another media type',
      415,
      '/things',
      { method: 'POST', payload: 'name=x', headers: { 'content-type': 'text/csv' } },
    ],
    ['plain text', 415, '/things', { method: 'POST', payload: '{}', headers: { 'content-type': 'text/plain' } }],
    ['over a mebibyte', 413, '/things', { method: 'POST', payload: `"${'x'.repeat(1_048_576)}"`, headers: json }],
    [
      'deeply nested JSON',
      422,
      '/things',
      { method: 'POST', payload: `${'['.repeat(10_000)}${']'.repeat(10_000)}`, headers: json },
    ],
    [
      'what is not UTF-8',
      400,
      '/things',
      {
        method: 'POST',
        payload: Buffer.concat([Buffer.from('{"name":"Ad'), Buffer.of(0xe1), Buffer.from('"}')]),
        headers: json,
      },
    ],
    ['an unknown path', 404, '/nothing', {}],
    ['a malformed id', 404, '/things/x', {}],
    ['an id that is no UTF-8', 404, '/things/%E0%A4%A', {}],
    ['an id longer than any', 404, `/things/${'1'.repeat(500)}`, {}],
    ['a query that is no UTF-8', 400, '/things/1?search=%ED%A0%80', {}],
    [
      'a body in another charset',
      415,
      '/things',
      { method: 'POST', payload: '{"name":"Ada"}', headers: { 'content-type': 'application/json; charset=utf-16' } },
    ],
    [
      'a body in a content coding',
      415,
      '/things',
      { method: 'POST', payload: '{"name":"Ada"}', headers: { ...json, 'content-encoding': 'gzip' } },
    ],
    ['a part that is away', 503, '/away', {}],
    ['a database that is away', 503, '/outage', {}],
    ['a failure of ours', 500, '/fails', {}],
  ])('%s is answered %i, as problem+json (RFC 9457)', async (_, status, url, options) => {
    const answer = await call(url, options);
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({
      type: expect.stringMatching(/^urn:kith:problem:/),
      status,
      title: expect.any(String),
      detail: expect.any(String),
    });
  });

  test.each(['application/json', 'application/json;charset=UTF-8', 'application/json; charset="utf-8"'])(
    'is not one whose type is %s',
    async (type) => {
      const headers = { 'content-type': type, 'content-encoding': 'Identity' };
      expect((await call('/things', { method: 'POST', payload: '{"name":"Ada"}', headers })).statusCode).toBe(200);
    },
  );

  test.each<[string, Record<string, string>]>([
    ['named empty', { 'content-type': 'application/json; charset=' }],
    ['named beside the right one', { 'content-type': 'application/json; charset=utf-8; charset=utf-16' }],
    [
      'named after what only looks like the right one',
      { 'content-type': 'application/json; a="; charset=utf-8"; charset=utf-16' },
    ],
    ['of a coding beside none', { ...json, 'content-encoding': 'identity, gzip' }],
  ])('for a charset or coding %s is answered 415', async (_, headers) => {
    expect((await call('/things', { method: 'POST', payload: '{"name":"Ada"}', headers })).statusCode).toBe(415);
  });

  test('for its content coding is answered with the coding that is taken (RFC 9110, 15.5.16)', async () => {
    const headers = { ...json, 'content-encoding': 'br' };
    const answer = await call('/things', { method: 'POST', payload: '{}', headers });
    expect(answer.headers['accept-encoding']).toBe('identity');
  });

  test.each([
    ['__proto__', '{"name":"Ada","__proto__":1}'],
    ['__proto__', '{"name":"Ada","deep":{"__proto__":{"admin":true}}}'],
    ['constructor.prototype', '{"name":"Ada","constructor":{"prototype":{}}}'],
  ])('for %s is told so', async (member, payload) => {
    const answer = await call('/things', { method: 'POST', payload, headers: json });
    expect(answer.statusCode).toBe(400);
    expect(answer.json<{ detail: string }>().detail).toContain(member);
  });

  test.each<[string, string, number]>([
    ['a request that Node cannot read', 'NONSENSE / HTTP/1.1\r\n\r\n', 400],
    ['headers over 16 KiB', `GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(17_000)}\r\n\r\n`, 431],
    ['a request without a host (RFC 9112, 3.2)', 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['a request for two hosts', 'GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\nconnection: close\r\n\r\n', 400],
    ['an expectation of more', 'GET / HTTP/1.1\r\nhost: x\r\nexpect: more\r\nconnection: close\r\n\r\n', 400],
    [
      'a body in a transfer coding',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: gzip, chunked\r\nconnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
      400,
    ],
    ['a tunnel', 'CONNECT there:443 HTTP/1.1\r\nhost: there:443\r\n\r\n', 400],
    [
      'a body of two types',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-type: text/csv\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}',
      415,
    ],
    ['a query over 16 KiB', `GET /?${'x'.repeat(17_000)} HTTP/1.1\r\nhost: x\r\n\r\n`, 431],
  ])('as %s is answered in the same words, with an id', async (_, text, status) => {
    await using resources = new AsyncDisposableStack();
    const served = httpApp({ logger: false, ready: async () => {} });
    resources.defer(() => served.close());
    const { port } = new URL(await served.listen({ port: 0, host: '127.0.0.1' }));
    const socket = connect(Number(port), '127.0.0.1').end(text);
    const [head = '', body = ''] = (await Array.fromAsync(socket)).join('').split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [A-Z]`));
    expect(head).toContain('content-type: application/problem+json');
    expect(head).toContain('x-content-type-options: nosniff');
    expect(head).toContain('cache-control: no-store');
    const { instance, ...problem } = JSON.parse(body) as { instance: string };
    expect(head).toContain(`x-request-id: ${instance}`);
    expect(problem).toMatchObject({ status, detail: expect.any(String) });
  });

  test.each([
    ['sends what is no HTTP', 'NONSENSE / HTTP/1.1\r\n\r\n'],
    ['asks for a tunnel', 'CONNECT there:443 HTTP/1.1\r\nhost: there:443\r\n\r\n'],
  ])('does not keep the service from stopping where its client %s and stays', async (_, text) => {
    const served = httpApp({ logger: false, ready: async () => {} });
    const { hostname, port } = new URL(await served.listen({ port: 0, host: '127.0.0.1' }));
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    socket.write(text);
    await once(socket, 'data');
    await expect(served.close()).resolves.toBeUndefined();
    socket.destroy();
  });

  test('names every offending field at once, unknown ones too', async () => {
    const answer = await call('/things', {
      method: 'POST',
      payload: '{"name":"x","age":"old","colour":"red"}',
      headers: json,
    });
    expect(answer.statusCode).toBe(422);
    expect(Object.keys(answer.json<{ errors: object }>().errors).toSorted()).toEqual(['age', 'colour', 'name']);
  });

  test('names a hundred of very many unknown fields, and says how many more there are', async () => {
    const fields = Array.from({ length: 5_000 }, (_, index) => [`field-${index}`, 1]);
    const payload = JSON.stringify({ age: 'old', ...Object.fromEntries(fields) });
    const answer = await call('/things', { method: 'POST', payload, headers: json });
    const { errors, detail } = answer.json<{ errors: object; detail: string }>();
    expect([answer.statusCode, Object.keys(errors).length]).toEqual([422, 100]);
    expect(errors).toMatchObject({
      name: [expect.stringContaining('expected string')],
      age: [expect.stringContaining('expected number')],
      'field-97': ['Is not known here.'],
    });
    expect(detail).toBe('The given data is invalid. 4902 more complaints are left out.');
  });

  test.each<[string, (n: number) => string]>([
    ['of a long name', (n) => `${n}${'x'.repeat(100_000)}`],
    ['of a long name that JSON spells in six letters each', (n) => `${n}${'\u0001'.repeat(30_000)}`],
    ['of a long name in astral characters', (n) => `${n}${'\u{1F3AF}'.repeat(50_000)}`],
  ])('for unknown fields %s is answered in less than 64 KiB', async (_, name) => {
    const fields = (length: number, longest: number) =>
      JSON.stringify(Object.fromEntries(Array.from({ length }, (_, n) => [name(n).slice(0, longest), 1])));
    const [few, many] = [fields(5, Infinity), fields(1_000, 150)];
    for (const payload of [few, many]) {
      const answer = await call('/things', { method: 'POST', payload, headers: json });
      expect([answer.statusCode, answer.rawPayload.length < 65_536]).toEqual([422, true]);
      const names = Object.keys(answer.json<{ errors: object }>().errors);
      expect(names.filter((told) => told.length > 80 || !told.isWellFormed())).toEqual([]);
    }
  });

  test.each([
    ['deep as may be', 422, '['.repeat(32) + ']'.repeat(32), /expected object/],
    ['deeper', 422, '['.repeat(33) + ']'.repeat(33), /nested deeper than 32/],
    ['deeper in objects', 422, `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`, /nested deeper than 32/],
    ['deeper, and broken', 422, '['.repeat(500_000), /nested deeper than 32/],
    ['wide, and not deep', 422, `[${'[],'.repeat(100)}[]]`, /expected object/],
    ['of brackets in a string', 200, `{"name":"${'[{'.repeat(100)}\\"[{[{"}`, /^$/],
    ['of more members than any', 422, `{${'"a":1,'.repeat(10_000)}"b":1}`, /more than 10000 members/],
    ['of more arrays and objects than any', 422, `[${'{},[],'.repeat(5_000)}{}]`, /more than 10000 members, arrays/],
    ['of as many strings as it has room for', 422, `[${'"",'.repeat(340_000)}""]`, /expected object/],
    ['of colons in a string', 200, `{"name":"${':'.repeat(20_000)}"}`, /^$/],
  ])('%s is told so by its body, before it is parsed', async (_, status, payload, complaint) => {
    const answer = await call('/things', { method: 'POST', payload, headers: json });
    const { errors } = answer.json<{ errors?: { body: string[] } }>();
    expect([answer.statusCode, errors?.body.join() ?? '']).toEqual([status, expect.stringMatching(complaint)]);
  });

  test('names a field that every object has', async () => {
    const payload = '{"name":"Ada","constructor":1,"toString":2}';
    const answer = await call('/things', { method: 'POST', payload, headers: json });
    expect(answer.statusCode).toBe(422);
    expect(Object.keys(answer.json<{ errors: object }>().errors).toSorted()).toEqual(['constructor', 'toString']);
  });

  test('and is ten times too large is answered 413, rather than cut off', async () => {
    await using resources = new AsyncDisposableStack();
    const served = httpApp({ logger: false, ready: async () => {} });
    resources.defer(() => served.close());
    served.post('/things', async () => ({}));
    const url = await served.listen({ port: 0, host: '127.0.0.1' });
    const chunk = 'x'.repeat(50_000);
    const chunks = 200;
    const length = { 'content-length': String(chunks * chunk.length) };
    const sending = request(`${url}/things`, { method: 'POST', headers: { ...json, ...length } });
    const answered = once(sending, 'response');
    for (let sent = 0; sent < chunks; sent++) {
      sending.write(chunk);
      await setImmediate();
    }
    sending.end();
    const [answer] = (await answered) as [IncomingMessage];
    expect(answer.statusCode).toBe(413);
    answer.destroy();
  });

  test('with a wrong method is answered with the right ones', async () => {
    const answer = await call('/things/1', { method: 'PUT', payload: '{}', headers: json });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers['allow']).toBe('GET, DELETE');
  });

  test('is answered with the time to come again', async () => {
    expect((await call('/away')).headers['retry-after']).toBe('7');
    expect((await call('/outage')).headers['retry-after']).toBe('1');
  });
});

test('DELETE with a JSON content type and no body is served', async () => {
  expect((await call('/things/1', { method: 'DELETE', payload: '', headers: json })).json()).toEqual({
    message: 'Gone.',
  });
});

describe('the internal key', () => {
  test.each([
    ['is asked for', undefined, 401],
    ['must be right', 'x'.repeat(40), 401],
    ['may be any of those that are valid', `${KEY}, the next`, 200],
  ])('%s', async (_, key, status) => {
    const answer = await app.inject({
      url: '/things/1',
      headers: key === undefined ? {} : { 'x-kith-internal-key': key },
    });
    expect(answer.statusCode).toBe(status);
  });

  test('is not asked of a probe', async () => {
    ready = async () => {};
    for (const url of ['/healthz', '/readyz']) expect((await app.inject(url)).statusCode).toBe(200);
  });
});

test('a service that cannot answer is not ready, and is alive', async () => {
  ready = () => Promise.reject(new Error('no database'));
  expect((await app.inject('/readyz')).statusCode).toBe(503);
  expect((await app.inject('/healthz')).statusCode).toBe(200);
});

test('a client that keeps its connection learns of the end before it comes', async () => {
  const closing = httpApp({ logger: false, ready: async () => {} });
  closing.get('/', async () => ({}));
  const url = await closing.listen({ port: 0, host: '127.0.0.1' });
  const client = new Pool(url, { connections: 1 });
  const get = async (path: string) => {
    const { statusCode, headers, body } = await client.request({ path, method: 'GET' });
    await body.dump();
    return [statusCode, headers['connection']];
  };
  expect(await get('/')).toEqual([200, 'keep-alive']);
  const closed = closing.close();
  expect(await get('/')).toEqual([200, 'close']);
  expect(await get('/readyz')).toEqual([503, 'close']);
  await closed;
  await client.close();
});

test('the log holds routes and codes, and nothing that a client wrote', async () => {
  await call('/things/77?email=ada@kith.test');
  await call('/fails');
  const log = lines.join('');
  expect(log).toContain('/things/:id');
  expect(log).toContain('23505');
  expect(log).not.toMatch(/ada@kith\.test|\/77|an internal key/);
});
