import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, type Message, readMessages, startSystem, type System } from '@kith/stack/testing';

type Reply = { readonly status: number; readonly body: string } | { readonly failure: string };

const delay = promisify(setTimeout);

const EVERY_MS = 10;

let system: System;
let token: string;
let agent: Agent;
beforeAll(async () => {
  system = await startSystem();
  ({ token } = await system.newTenant());
  // There are few connections and each is used in turn, so none is idle for long.
  agent = new Agent({ keepAlive: true, maxSockets: 8, scheduling: 'fifo' });
}, 120_000);
afterAll(async () => {
  agent.destroy();
  await system[Symbol.asyncDispose]();
}, 60_000);

const call = (method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Reply> =>
  new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve({ failure: error.code ?? error.message });
    request(`${system.gatewayUrl}/api/v1${path}`, {
      agent,
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }), ...headers },
    })
      .on('response', (answer) => {
        const chunks: Promise<string[]> = answer.setEncoding('utf8').toArray();
        chunks.then((body) => resolve({ status: answer.statusCode ?? 0, body: body.join('') }), failed);
      })
      .on('error', failed)
      .end(body && JSON.stringify(body));
  });

const idIn = (reply: Reply): number => {
  if (!('body' in reply)) throw new Error(reply.failure);
  return (JSON.parse(reply.body) as { data: { id: number } }).data.id;
};
const isAnswered = (reply: Reply) => 'status' in reply && reply.status !== 503;

/** Sends a hundred requests a second until it is told to stop. Every other request creates a contact and is retried until it is answered. */
function load(list: number) {
  const acknowledged: number[] = [];
  const replies: Reply[] = [];
  const working: Promise<void>[] = [];
  let running = true;

  async function create(key: string) {
    for (;;) {
      const body = { name: `Contact ${key}`, email: `${key}@kith.test` };
      const reply = await call('POST', `/contact-lists/${list}/contacts`, body, { 'idempotency-key': key });
      replies.push(reply);
      if (isAnswered(reply)) {
        acknowledged.push(idIn(reply));
        return;
      }
      await delay(50);
    }
  }
  const read = async () => void replies.push(await call('GET', `/contact-lists/${list}/contacts`));

  const pacing = (async () => {
    for (let made = 0; running; made++) {
      working.push(made % 2 ? read() : create(`list-${list}-${made}`));
      await delay(EVERY_MS);
    }
  })();
  return {
    replies,
    acknowledged,
    async stop() {
      running = false;
      await pacing;
      await Promise.all(working);
    },
  };
}

/** The published versions of each contact, in their order. */
function versionsOf(ids: readonly number[], messages: readonly Message[]): Map<number, number[]> {
  const versions = new Map<number, number[]>(ids.map((id) => [id, []]));
  for (const { key, headers } of messages) versions.get(Number(key))?.push(Number(headers['ce_sequence']));
  return versions;
}

/** Version 1 is the creation, version 2 the valid address. */
const WHOLE = [1, 2];

test.each([
  // While a service is away, the gateway tells its clients to try again.
  ['contacts-service', [201, 200, 503]],
  ['token-service', [201, 200, 503]],
  ['verification-service', [201, 200]],
  // While the gateway itself is away nobody listens, and connections that it has not accepted yet are reset.
  ['api-gateway', [201, 200, 'ECONNREFUSED', 'ECONNRESET']],
] as const)(
  'SIGTERM to %s under load loses no write and publishes every event once',
  async (name, expected) => {
    const list = idIn(await call('POST', '/contact-lists', { name }));
    const { replies, acknowledged, stop } = load(list);
    await eventually(() => expect(replies.length).toBeGreaterThan(100), { timeout: 30_000 });
    await system.restart(name, 'SIGTERM');
    const sofar = replies.length;
    await eventually(() => expect(replies.length).toBeGreaterThan(sofar + 100), { timeout: 30_000 });
    await stop();

    const outcomes = new Set(replies.map((reply) => ('status' in reply ? reply.status : reply.failure)));
    expect(expected).toEqual(expect.arrayContaining([...outcomes]));

    const reply = await call('GET', `/contact-lists/${list}/contacts`);
    expect('body' in reply && JSON.parse(reply.body)).toMatchObject({ meta: { total: acknowledged.length } });
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    const whole = new Map(acknowledged.map((id) => [id, WHOLE]));
    await eventually(
      async () => {
        const messages = await readMessages(system.brokers, [`${system.prefix}.contacts.v1`]);
        expect(versionsOf(acknowledged, messages)).toEqual(whole);
      },
      { timeout: 60_000 },
    );
  },
  180_000,
);

test('SIGTERM ends a gateway although a client still drips a body', async () => {
  const { port } = new URL(system.gatewayUrl);
  const dripping = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
  await once(dripping, 'connect');
  const lines = ['POST /api/v1/contacts HTTP/1.1', 'host: x', `authorization: Bearer ${token}`];
  dripping.write(
    [...lines, 'content-type: application/json', 'content-length: 100000', 'expect: 100-continue', '', '{'].join(
      '\r\n',
    ),
  );
  // The gateway asks for the body, so it is reading the request.
  await once(dripping, 'data');
  const drops = setInterval(() => dripping.write(' '), 50);
  const before = system.processes['api-gateway'];
  await system.restart('api-gateway', 'SIGTERM');
  expect(system.processes['api-gateway']).not.toBe(before);
  clearInterval(drops);
  dripping.destroy();
}, 90_000);
