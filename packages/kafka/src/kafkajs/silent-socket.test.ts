import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

import { expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';

import { frameCounter, openSocket } from './silent-socket.ts';

const request = (api: number) => Buffer.from([0, 0, 0, 4, 0, api, 0, 0]);
const answer = Buffer.from([0, 0, 0, 4, 1, 2, 3, 4]);
const FETCH = 1;
const JOIN_GROUP = 11;

async function connection(onRequest: (broker: Socket) => void) {
  const server = createServer((broker) => broker.on('data', () => onRequest(broker)).on('error', () => {}));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const options = { host: '127.0.0.1', port, ssl: undefined as never, onConnect: () => {} };
  const socket = openSocket(options, { usual: 50, joining: 60_000 });
  const errors: string[] = [];
  socket.on('error', ({ message }) => errors.push(message));
  const seen: Buffer[] = [];
  socket.on('data', (data: Buffer) => seen.push(data));
  return {
    socket,
    errors,
    seen,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a connection that leaves a request unanswered is destroyed', async () => {
  await using it = await connection(() => {});
  it.socket.write(request(FETCH));
  await eventually(() => expect(it.errors).toEqual(['silent for 50 ms']));
});

test('a connection without an open request may be silent', async () => {
  await using it = await connection((broker) => broker.write(answer));
  it.socket.write(request(FETCH));
  await eventually(() => expect(it.seen).toHaveLength(1));
  await using silent = await connection(() => {});
  silent.socket.write(request(FETCH));
  await eventually(() => expect(silent.errors).toHaveLength(1));
  expect(it.socket.destroyed).toBe(false);
});

test('a connection that waits for a group to gather is left alone', async () => {
  await using joining = await connection(() => {});
  joining.socket.write(request(JOIN_GROUP));
  joining.socket.write(request(FETCH));
  await using silent = await connection(() => {});
  silent.socket.write(request(FETCH));
  await eventually(() => expect(silent.errors).toHaveLength(1));
  expect(joining.socket.destroyed).toBe(false);
});

test('answers are counted however they are cut', () => {
  const stream = Buffer.concat([answer, answer, Buffer.from([0, 0, 0, 0]), answer]);
  for (let size = 1; size <= stream.length; size++) {
    const count = frameCounter();
    let frames = 0;
    for (let at = 0; at < stream.length; at += size) frames += count(stream.subarray(at, at + size));
    expect([size, frames]).toEqual([size, 4]);
  }
});
