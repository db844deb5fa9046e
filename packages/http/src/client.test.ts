import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test } from '@jest/globals';
import { isOutage } from '@kith/contracts';

import { serviceClient } from './client.ts';

let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function clientOf(listener: RequestListener, timeoutMs = 5_000) {
  server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return serviceClient({ url: `http://127.0.0.1:${port}`, internalKey: 'key', timeoutMs });
}

const answering =
  (status: number, body?: object): RequestListener =>
  (_, response) => {
    response.writeHead(status).end(body && JSON.stringify(body));
  };

test('a request carries the internal key and JSON, and resolves with the body of the answer', async () => {
  await using client = await clientOf((request, response) => {
    request
      .setEncoding('utf8')
      .on('data', (body: string) =>
        response.end(JSON.stringify({ key: request.headers['x-kith-internal-key'], body })),
      );
  });
  expect(await client.request({ method: 'POST', path: '/', body: { a: 1 } })).toEqual({ key: 'key', body: '{"a":1}' });
});

describe('a refusal', () => {
  test('comes back as the problem it was, with its fields', async () => {
    await using client = await clientOf(
      answering(422, { detail: 'The given data is invalid.', errors: { name: ['Too short.'] } }),
    );
    await expect(client.request({ method: 'POST', path: '/', body: {} })).rejects.toMatchObject({
      kind: 'invalid',
      message: 'The given data is invalid.',
      errors: { name: ['Too short.'] },
    });
  });

  test('of our internal key is not passed on to the caller', async () => {
    await using client = await clientOf(answering(401, { detail: 'No.' }));
    await expect(client.request({ method: 'GET', path: '/' })).rejects.not.toMatchObject({ name: 'Problem' });
  });
});

describe('a service that is away', () => {
  test.each<[string, RequestListener]>([
    ['fails', answering(500, {})],
    ['cuts the connection', (request) => request.socket.destroy()],
    ['never answers', () => {}],
  ])('and %s is unavailable, to be tried again', async (_, listener) => {
    await using client = await clientOf(listener, 300);
    await expect(client.request({ method: 'GET', path: '/' })).rejects.toMatchObject({
      kind: 'unavailable',
      retryAfter: 1,
    });
  });

  test.each([
    ['is away', 502, true],
    ['is away', 503, true],
    ['is away', 504, true],
    ['fails at this request', 500, false],
  ])('%s when it answers %i', async (_, status, away) => {
    await using client = await clientOf((_, response) => response.writeHead(status).end('<html>no JSON</html>'));
    const failure: unknown = await client.request({ method: 'GET', path: '/' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'unavailable' });
    expect(isOutage(failure)).toBe(away);
  });

  test('gives its own reason if it has one', async () => {
    await using client = await clientOf(answering(503, { detail: 'Too many searches.' }));
    await expect(client.request({ method: 'GET', path: '/' })).rejects.toThrow('Too many searches.');
  });

  test('is asked once more to read, and never to write', async () => {
    const asked: string[] = [];
    await using client = await clientOf(({ method, socket }) => {
      asked.push(method ?? '');
      socket.destroy();
    });
    for (const method of ['GET', 'POST'] as const) await client.request({ method, path: '/' }).catch(() => {});
    expect(asked).toEqual(['GET', 'GET', 'POST']);
  });
});
