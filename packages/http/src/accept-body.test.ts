import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { acceptJson, acceptStream } from './accept-body.ts';
import { httpApp } from './app.ts';

let resources: AsyncDisposableStack;
beforeEach(() => {
  resources = new AsyncDisposableStack();
});
afterEach(() => resources.disposeAsync());

const MEBIBYTE = 1_048_576;
const CSV_LIMIT = 64 * MEBIBYTE;

/** An app with a plugin for each body, and a route of its own; `rows` hears of every chunk that an import reads. */
async function serve(rows: (chunk: Buffer) => unknown = () => {}) {
  const app = httpApp({
    logger: false,
    ready: async () => {},
    limits: { headersMs: 200, requestMs: 200, discardMs: 500 },
  });
  app.post('/things', async ({ body }) => ({ got: typeof body }));
  app.register(async (plugin) => {
    acceptStream(plugin, 'text/csv', { bytes: CSV_LIMIT, requestMs: 60_000 });
    plugin.post<{ Body: Readable }>('/imports', async ({ body }) => {
      let bytes = 0;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        await rows(chunk);
      }
      return { bytes };
    });
    plugin.post<{ Body: Readable }>('/imports/unread', async () => ({ bytes: 0 }));
    plugin.post<{ Body: Readable }>('/imports/short', { config: { requestMs: 400 } }, async ({ body }) => {
      for await (const chunk of body as AsyncIterable<Buffer>) await rows(chunk);
    });
    plugin.post<{ Body: Readable }>('/imports/echo', { config: { requestMs: 400 } }, ({ body }, reply) =>
      reply.send(body),
    );
  });
  app.register(async (plugin) => {
    acceptJson(plugin, { bytes: 5 * MEBIBYTE, parts: 50_000 });
    plugin.post<{ Body: unknown[] }>('/batches', async ({ body }) => ({ items: body.length }));
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  resources.defer(() => app.close());
  return { url, port: Number(new URL(url).port) };
}

async function post(url: string, type: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const answer = await fetch(url, { method: 'POST', body, headers: { 'content-type': type, ...headers } });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

function dial(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  resources.defer(() => void socket.destroy());
  // It is cut, which is what is tested.
  socket.on('error', () => {});
  return socket.setEncoding('utf8');
}

const csvHead = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: ${length}\r\n\r\n`;

/** All that comes until the other side hangs up. */
async function heard(socket: Socket): Promise<string> {
  const signal = AbortSignal.timeout(10_000);
  let text = '';
  socket.on('data', (chunk: string) => (text += chunk));
  await Promise.race([once(socket, 'end', { signal }), once(socket, 'close', { signal })]);
  return text;
}

describe('A plugin that takes a stream', () => {
  test('reads it as it comes, before its end has been sent', async () => {
    const first = Promise.withResolvers<string>();
    const { url } = await serve((chunk) => first.resolve(chunk.toString()));
    const sending = request(`${url}/imports`, { method: 'POST', headers: { 'content-type': 'text/csv' } });
    const answered = once(sending, 'response');
    sending.write('name\n');
    expect(await first.promise).toBe('name\n');
    sending.end('Ada\n');
    const [answer] = (await answered) as [IncomingMessage];
    expect(JSON.parse((await answer.setEncoding('utf8').toArray()).join(''))).toEqual({ bytes: 9 });
  });

  test('holds a sender back that is faster than what is done with its rows', async () => {
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const { port } = await serve(() => {
      begun.resolve();
      return gate.promise;
    });
    const socket = dial(port);
    socket.write(csvHead('/imports', CSV_LIMIT));
    const answer = once(socket, 'data');
    socket.write(Buffer.alloc(CSV_LIMIT, 'x'));
    await begun.promise;
    // Other requests are served meanwhile, so all that could be read has been.
    await fetch(`http://127.0.0.1:${port}/healthz`);
    expect(socket.writableLength).toBeGreaterThan(CSV_LIMIT / 4);
    gate.resolve();
    expect(String(await answer)).toMatch(/^HTTP\/1.1 200 /);
  });

  test('refuses a longer one by its content-length, before a byte of it is read', async () => {
    const { port } = await serve();
    const socket = dial(port);
    socket.write(csvHead('/imports', CSV_LIMIT + 1));
    const answer = await heard(socket);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain(`The body must be at most ${CSV_LIMIT} bytes.`);
  });

  test('refuses a longer one that does not say how long it is, at the first byte too many', async () => {
    const { url } = await serve();
    const sending = request(`${url}/imports`, { method: 'POST', headers: { 'content-type': 'text/csv' } });
    const answered = once(sending, 'response');
    for (let sent = 0; sent <= CSV_LIMIT; sent += MEBIBYTE) sending.write(Buffer.alloc(MEBIBYTE, 'x'));
    sending.end();
    const [answer] = (await answered) as [IncomingMessage];
    expect(answer.statusCode).toBe(413);
    answer.destroy();
  });

  test.each([
    ['JSON', 'application/json', {}],
    ['another charset', 'text/csv; charset=latin1', {}],
    ['a content coding', 'text/csv', { 'content-encoding': 'gzip' }],
  ])('refuses %s, and names what it takes', async (_, type, headers) => {
    const { url } = await serve();
    expect(await post(`${url}/imports`, type, '{}', headers)).toMatchObject({
      status: 415,
      body: { detail: 'The body must be text/csv in UTF-8, without a content coding.' },
    });
  });

  test('may answer without reading it, and the connection still serves', async () => {
    const { url } = await serve();
    for (let n = 0; n < 2; n++) expect((await post(`${url}/imports/unread`, 'text/csv', 'name\n')).status).toBe(200);
  });

  test('changes nothing for the routes beside it', async () => {
    const { url } = await serve();
    expect(await post(`${url}/things`, 'text/csv', 'name\n')).toMatchObject({
      status: 415,
      body: { detail: 'The body must be application/json in UTF-8, without a content coding.' },
    });
    expect(await post(`${url}/things`, 'application/json', `"${'x'.repeat(MEBIBYTE)}"`)).toMatchObject({
      status: 413,
      body: { detail: `The body must be at most ${MEBIBYTE} bytes.` },
    });
    expect(await post(`${url}/things`, 'application/json', '{}')).toMatchObject({
      status: 200,
      body: { got: 'object' },
    });
  });
});

describe('A plugin that takes longer JSON', () => {
  const things = (count: number) => JSON.stringify(Array.from({ length: count }, () => ({ name: 'Ada' })));

  test('reads more members than other routes do', async () => {
    const { url } = await serve();
    expect(await post(`${url}/batches`, 'application/json', things(20_000))).toMatchObject({ body: { items: 20_000 } });
    expect((await post(`${url}/things`, 'application/json', things(20_000))).status).toBe(422);
  });

  test('reads more bytes than other routes do', async () => {
    const { url } = await serve();
    const long = JSON.stringify(['x'.repeat(4 * MEBIBYTE)]);
    expect(await post(`${url}/batches`, 'application/json', long)).toMatchObject({ body: { items: 1 } });
  });

  test('refuses what is over its own limits, and names them', async () => {
    const { url } = await serve();
    expect(await post(`${url}/batches`, 'application/json', things(30_000))).toMatchObject({
      status: 422,
      body: { errors: { body: ['Must not have more than 50000 members, arrays and objects.'] } },
    });
    expect(await post(`${url}/batches`, 'application/json', JSON.stringify('x'.repeat(5 * MEBIBYTE)))).toMatchObject({
      status: 413,
      body: { detail: `The body must be at most ${5 * MEBIBYTE} bytes.` },
    });
  });

  test.each([
    ['in another charset', 'application/json; charset=latin1', '[]', 415],
    ['that reaches for the prototype', 'application/json', '[{"__proto__":{}}]', 400],
    ['nested too deeply', 'application/json', '['.repeat(33) + ']'.repeat(33), 422],
  ])('refuses a body %s as the other routes do', async (_, type, body, status) => {
    const { url } = await serve();
    expect((await post(`${url}/batches`, type, body)).status).toBe(status);
  });
});

describe('A request whose route gives it more time', () => {
  test('is read to its end long after the others would have been answered 408', async () => {
    const { port } = await serve();
    const patient = dial(port);
    patient.write(`${csvHead('/imports', 2)}x`);
    const answer = once(patient, 'data');
    // This one came later, so the time of the app's routes is over for the other as well.
    const later = dial(port);
    later.write('POST /things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{');
    expect(await heard(later)).toMatch(/^HTTP\/1.1 408 /);
    patient.write('y');
    expect(String(await answer)).toMatch(/^HTTP\/1.1 200 /);
  });

  test('is answered 408 once that is over as well', async () => {
    const { port } = await serve();
    const socket = dial(port);
    socket.write(`${csvHead('/imports/short', 100)}x`);
    const answer = await heard(socket);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1);
  });

  test('is cut where its answer has begun: a 408 would be read as a part of it', async () => {
    const { port } = await serve();
    const socket = dial(port);
    socket.write(`${csvHead('/imports/echo', 100)}x`);
    const answer = await heard(socket);
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1);
  });

  test('leaves none of it to the next request on its connection', async () => {
    const { port } = await serve();
    const socket = dial(port);
    socket.write(`${csvHead('/imports', 1)}x`);
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 200 /);
    socket.write('POST /things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{');
    expect(await heard(socket)).toMatch(/^HTTP\/1.1 408 /);
  });
});
