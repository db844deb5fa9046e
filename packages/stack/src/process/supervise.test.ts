import { describe, expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';

import { supervise } from './supervise.ts';

/** Servers and a clock that the test controls: a server ends, and time passes, only on command. */
function stage() {
  let now = 0;
  const pauses: number[] = [];
  const lines: string[] = [];
  const servers: { end: () => void; disposed: boolean }[] = [];
  const failures: Error[] = [];

  const start = async () => {
    const failure = failures.shift();
    if (failure) throw failure;
    const { promise: exited, resolve: end } = Promise.withResolvers<void>();
    const server = { end, disposed: false };
    servers.push(server);
    return {
      pid: servers.length,
      exited,
      async [Symbol.asyncDispose]() {
        server.disposed = true;
      },
    };
  };
  const clock = {
    now: () => now,
    async wait(ms: number) {
      pauses.push(ms);
      now += ms;
    },
  };
  return {
    pauses,
    lines,
    servers,
    failures,
    pass: (ms: number) => {
      now += ms;
    },
    open: (signal = new AbortController().signal) =>
      supervise({ name: 'Kafka', start, log: (line) => lines.push(line), signal, clock }),
    async endLast() {
      const { length } = servers;
      servers.at(-1)!.end();
      await eventually(() => expect(servers.length).toBeGreaterThan(length));
    },
  };
}

describe('a server that ends by itself', () => {
  test('is started again, and the log says so', async () => {
    const { open, endLast, lines } = stage();
    await using _ = await open();
    await endLast();
    await eventually(() => expect(lines).toEqual(['Kafka has ended; starting it again in 0.5 s', 'Kafka runs again']));
  });

  test('is started again after longer and longer pauses while it keeps ending at once, up to ten seconds', async () => {
    const { open, endLast, pauses } = stage();
    await using _ = await open();
    for (let time = 0; time < 7; time++) await endLast();
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  });

  test('is started again after a short pause when it ran for half a minute', async () => {
    const { open, endLast, pauses, pass } = stage();
    await using _ = await open();
    await endLast();
    await endLast();
    pass(30_000);
    await endLast();
    expect(pauses).toEqual([500, 1000, 500]);
  });

  test('is started again even after a restart failed', async () => {
    const { open, endLast, failures, lines } = stage();
    await using _ = await open();
    failures.push(new Error('the port is in use'));
    await endLast();
    expect(lines).toContain('Kafka did not start: the port is in use; starting it again in 1 s');
  });
});

test('a server that we stop is not started again', async () => {
  const { open, servers } = stage();
  const supervised = await open();
  servers[0]!.end();
  await supervised[Symbol.asyncDispose]();
  expect(servers).toHaveLength(1);
});

test('no server is started again once the system stops', async () => {
  const { open, servers, lines } = stage();
  const stopping = new AbortController();
  const supervised = await open(stopping.signal);
  stopping.abort();
  servers[0]!.end();
  await supervised[Symbol.asyncDispose]();
  expect(lines).toEqual([]);
  expect(servers.map(({ disposed }) => disposed)).toEqual([true]);
});

test('a failure of the first start reaches the caller', async () => {
  const { open, failures } = stage();
  failures.push(new Error('no Java'));
  await expect(open()).rejects.toThrow('no Java');
});
