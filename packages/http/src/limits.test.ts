import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Problem } from '@kith/contracts';
import { eventually } from '@kith/stack/testing';

import { type HttpAppOptions, httpApp } from './app.ts';

let resources: AsyncDisposableStack;
beforeEach(() => {
  resources = new AsyncDisposableStack();
});
afterEach(() => resources.disposeAsync());

/** More than the buffers of both sides hold. */
const LONG = Buffer.alloc(32 * 1_048_576);

const released = () => Promise.withResolvers<void>();

async function serve(limits: HttpAppOptions['limits'] = {}) {
  const gate = released();
  const app = httpApp({ logger: false, ready: async () => {}, limits });
  app.post('/things', async ({ body }) => ({ got: body }));
  app.addHook('onRequest', async ({ url }) => {
    if (url === '/private') throw new Problem('unauthenticated', 'Who are you?');
  });
  app.post('/private', async () => ({}));
  app.get('/long', (_, reply) => reply.send(LONG));
  let arrived = 0;
  app.get('/slow', async () => {
    arrived++;
    await gate.promise;
    return { slow: true };
  });
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  resources.defer(() => app.close());
  resources.defer(() => gate.resolve());
  return { app, port: Number(port), finishSlow: gate.resolve, arrived: () => arrived };
}

function dial(port: number): Socket {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  resources.defer(() => void socket.destroy());
  // It is cut, which is what is tested.
  socket.on('error', () => {});
  return socket;
}

const PATIENCE_MS = 10_000;
/** Everything that comes until the other side hangs up. */
async function heard(socket: Socket): Promise<string> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await Promise.race([once(socket, 'end', { signal }), once(socket, 'close', { signal })]);
  return text;
}

const head = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

describe('a request that does not come to its end', () => {
  test.each([
    ['its head', 'POST /things HTTP/1.1\r\nhost: x\r\n'],
    ['its body', `${head('/things', 100_000)}{`],
  ])('is answered 408 where %s drips, and the connection ends', async (_, start) => {
    const { port } = await serve({ headersMs: 200, requestMs: 200 });
    const socket = dial(port);
    socket.write(start);
    const answer = await heard(socket);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain('"title":"timeout"');
  });

  test('ends the connection although it was answered before: 401 and nothing after it', async () => {
    const { port } = await serve({ requestMs: 60_000, discardMs: 200 });
    const socket = dial(port);
    socket.write(`${head('/private', 100_000)}{`);
    const answer = await heard(socket);
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(answer.match(/HTTP\/1.1/g)).toHaveLength(1);
  });

  test('does not hurry one that has come whole: its answer may take longer', async () => {
    const { port, finishSlow, arrived } = await serve({ headersMs: 200, requestMs: 200 });
    const slow = dial(port);
    slow.write('GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    const answer = heard(slow);
    const dripping = dial(port);
    dripping.write(head('/things', 10));
    expect(await heard(dripping)).toMatch(/^HTTP\/1.1 408 /);
    expect(arrived()).toBe(1);
    finishSlow();
    expect(await answer).toMatch(/^HTTP\/1.1 200 /);
  });
});

test('a client that does not read its answer is hung up on', async () => {
  const { app, port } = await serve({ silenceMs: 500 });
  const socket = dial(port);
  socket.write('GET /long HTTP/1.1\r\nhost: x\r\n\r\n');
  socket.pause();
  const connections = promisify(app.server.getConnections.bind(app.server));
  await once(socket, 'connect');
  await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { connection: 'close' } });
  await eventually(async () => expect(await connections()).toBe(0));
});

test('more connections than are allowed are hung up on, and those that are there go on', async () => {
  const { port } = await serve({ connections: 2 });
  const [first, second] = [dial(port), dial(port)];
  for (const socket of [first, second]) {
    socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'data');
  }
  expect(await heard(dial(port))).toBe('');
  first.write('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  expect(await heard(first)).toMatch(/^HTTP\/1.1 200 /);
  second.end();
  await once(second, 'close');
  const next = dial(port);
  next.write('GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  expect(await heard(next)).toMatch(/^HTTP\/1.1 200 /);
});

describe('a service that stops', () => {
  test.each([
    ['a body that drips', `${head('/things', 100_000)}{`],
    ['a head that drips', 'GET /things HTTP/1.1\r\n'],
    ['a body that drips after its answer', `${head('/private', 100_000)}{`],
    ['a connection that says nothing', ''],
  ])('does so within its grace with %s', async (_, start) => {
    const { app, port } = await serve({ closingMs: 200 });
    const socket = dial(port);
    await once(socket, 'connect');
    socket.write(start);
    // Its connection has been accepted once a later one has been served.
    await fetch(`http://127.0.0.1:${port}/healthz`);
    const dripping = setInterval(() => socket.write('x'), 20);
    resources.defer(() => clearInterval(dripping));
    const closed = app.close().then(() => 'closed');
    const patience = once(new EventTarget(), 'never', { signal: AbortSignal.timeout(PATIENCE_MS) });
    expect(await Promise.race([closed, patience.catch(() => 'still open')])).toBe('closed');
  });

  test('answers what had come before', async () => {
    const { app, port, finishSlow, arrived } = await serve({ closingMs: 30_000 });
    const sending = request(`http://127.0.0.1:${port}/slow`).end();
    const answered = once(sending, 'response');
    while (arrived() === 0) await fetch(`http://127.0.0.1:${port}/healthz`);
    const closed = app.close();
    finishSlow();
    const [answer] = (await answered) as [{ statusCode: number; resume: () => void }];
    expect(answer.statusCode).toBe(200);
    answer.resume();
    await closed;
  });
});
