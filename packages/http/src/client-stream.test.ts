import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';

import { httpApp } from './app.ts';
import { serviceClient, type ServiceClientOptions } from './client.ts';
import { turns } from './turns.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function clientOf(listener: RequestListener, options: Partial<ServiceClientOptions> = {}) {
  server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return serviceClient({ url: `http://127.0.0.1:${port}`, internalKey: 'key', timeoutMs: 5_000, ...options });
}

const get = { method: 'GET', path: '/feed' } as const;
const open = (): AbortController => new AbortController();
const MINUTE_MS = 60_000;
const LONG = 64 * 1_048_576;

describe('A streamed answer', () => {
  test('is read as it comes, with its status and headers', async () => {
    const answering = Promise.withResolvers<ServerResponse>();
    await using client = await clientOf((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-key': request.headers['x-kith-internal-key'] });
      response.write('data: one\n\n');
      answering.resolve(response);
    });
    const { status, headers, body } = await client.stream(get, { signal: open().signal, withinMs: MINUTE_MS });
    expect([status, headers['content-type'], headers['x-key']]).toEqual([200, 'text/event-stream', 'key']);
    const events = body.setEncoding('utf8').iterator();
    expect(await events.next()).toMatchObject({ value: 'data: one\n\n' });
    (await answering.promise).end('data: two\n\n');
    expect(await events.next()).toMatchObject({ value: 'data: two\n\n' });
    expect(await events.next()).toMatchObject({ done: true });
  });

  test('is held back at the service while nobody reads it', async () => {
    let left = LONG;
    const full = Promise.withResolvers<void>();
    await using client = await clientOf(({ url }, response) => {
      if (url !== '/feed') return void response.end('{}');
      const push = () => {
        while (left > 0) {
          left -= 65_536;
          if (!response.write(Buffer.alloc(65_536))) {
            response.once('drain', push);
            return full.resolve();
          }
        }
        response.end();
      };
      push();
    });
    const { body } = await client.stream(get, { signal: open().signal, withinMs: MINUTE_MS });
    await full.promise;
    // Answered over another connection, so this one has had its time.
    for (let n = 0; n < 3; n++) await client.request({ method: 'GET', path: '/' });
    expect(left).toBeGreaterThan(LONG / 4);
    let read = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) read += chunk.length;
    expect(read).toBe(LONG);
  });

  test.each<[string, (reader: AbortController, body: { destroy: () => unknown }) => unknown]>([
    ['aborts', (reader) => reader.abort()],
    ['destroys it', (_, body) => body.destroy()],
  ])('ends at the service where its reader %s', async (_, leave) => {
    const gone = Promise.withResolvers<void>();
    await using client = await clientOf((_request, response) => {
      response.write('one');
      response.once('close', gone.resolve);
    });
    const reader = open();
    const { body } = await client.stream(get, { signal: reader.signal, withinMs: MINUTE_MS });
    body.on('error', () => {});
    leave(reader, body);
    await expect(gone.promise).resolves.toBeUndefined();
  });

  test('fails, and does not seem to be whole, where the service breaks it off', async () => {
    const broken = Promise.withResolvers<ServerResponse>();
    await using client = await clientOf((_, response) => {
      response.write('one');
      broken.resolve(response);
    });
    const { body } = await client.stream(get, { signal: open().signal, withinMs: MINUTE_MS });
    const reading = body.toArray();
    (await broken.promise).destroy();
    await expect(reading).rejects.toThrow();
  });

  test('is cut after its own time, not after that of other requests', async () => {
    await using client = await clientOf((_, response) => void response.write('one'), { timeoutMs: 100 });
    const { body } = await client.stream(get, { signal: open().signal, withinMs: 600 });
    await expect(body.toArray()).rejects.toThrow('The answer took longer than 600 ms.');
  });

  test('leaves all connections to requests', async () => {
    const first = Promise.withResolvers<void>();
    const listener: RequestListener = ({ url }, response) => {
      if (url !== '/feed') return void response.end('{"ok":true}');
      response.write('one');
      first.resolve();
    };
    await using client = await clientOf(listener, { connections: 1 });
    await client
      .stream(get, { signal: open().signal, withinMs: MINUTE_MS })
      .then(({ body }) => body.on('error', () => {}));
    expect(await client.request({ method: 'GET', path: '/' })).toEqual({ ok: true });
  });

  test('holds the place of its turn to its end', async () => {
    const take = turns({ places: 1, each: 1, waiting: 10, patienceMs: 10_000, refusal: 'Too many.' });
    let answered = 0;
    await using client = await clientOf(
      (_, response) => {
        answered++;
        response.write('one');
      },
      { turns: { take, of: () => 'somebody' } },
    );
    const opened = () => client.stream(get, { signal: open().signal, withinMs: MINUTE_MS });
    const { body } = await opened();
    body.on('error', () => {});
    const next = opened();
    expect(answered).toBe(1);
    body.destroy();
    (await next).body.on('error', () => {});
    await eventually(async () => expect(answered).toBe(2));
  });

  test('passes through an app to its client, and ends at the service when that client hangs up', async () => {
    const gone = Promise.withResolvers<void>();
    await using client = await clientOf((_, response) => {
      response.write('one');
      response.once('close', gone.resolve);
    });
    await using resources = new AsyncDisposableStack();
    const app = httpApp({ logger: false, ready: async () => {} });
    resources.defer(() => app.close());
    app.get('/feed', async ({ signal }, reply) => {
      const { body } = await client.stream(get, { signal, withinMs: MINUTE_MS });
      return reply.send(body);
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const reader = open();
    const answer = await fetch(`${url}/feed`, { signal: reader.signal });
    const chunks = answer.body?.getReader();
    expect(Buffer.from((await chunks?.read())?.value ?? []).toString()).toBe('one');
    reader.abort();
    await gone.promise;
  });
});

describe('A stream that does not begin', () => {
  test('is refused with the problem that the service answered', async () => {
    await using client = await clientOf((_, response) => {
      response.writeHead(422).end(JSON.stringify({ detail: 'No such cursor.', errors: { cursor: ['Is unknown.'] } }));
    });
    await expect(client.stream(get, { signal: open().signal, withinMs: MINUTE_MS })).rejects.toMatchObject({
      kind: 'invalid',
      message: 'No such cursor.',
      errors: { cursor: ['Is unknown.'] },
    });
  });

  test.each<[string, RequestListener]>([
    ['fails', (_, response) => void response.writeHead(502).end('<html>no JSON</html>')],
    ['hangs up', ({ socket }) => void socket.destroy()],
    ['never answers', () => {}],
  ])('is unavailable where the service %s', async (_, listener) => {
    await using client = await clientOf(listener, { timeoutMs: 300 });
    await expect(client.stream(get, { signal: open().signal, withinMs: MINUTE_MS })).rejects.toMatchObject({
      kind: 'unavailable',
      retryAfter: 1,
    });
  });

  test('is asked for no longer once its reader has left', async () => {
    const gone = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    await using client = await clientOf((_, response) => {
      response.once('close', gone.resolve);
      arrived.resolve();
    });
    const reader = open();
    const opening = client.stream(get, { signal: reader.signal, withinMs: MINUTE_MS });
    await arrived.promise;
    reader.abort();
    await expect(opening).rejects.toMatchObject({ kind: 'unavailable' });
    await gone.promise;
  });
});
