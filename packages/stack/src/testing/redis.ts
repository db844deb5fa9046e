// This is an entry of its own, because it needs Jest and the rest of the kit does not.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { describe } from '@jest/globals';

import { freePort, LOOPBACK } from '../process/ports.ts';

const BINARY = 'redis-server';
const isInstalled = spawnSync(BINARY, ['--version']).status === 0;

// oxlint-disable-next-line jest/no-disabled-tests -- .ci/run installs it and counts skipped tests as failed.
const whereInstalled = isInstalled ? describe : describe.skip;
const why = isInstalled ? '' : ' (skipped: no redis-server on the PATH; Debian: apt-get install redis-server)';

/** Describes tests that need a real Redis. Without one they are skipped, and the title says why. */
export const describeOverRedis = (name: string, tests: () => void): void => whereInstalled(name + why, tests);

/** Starts a Redis that stores nothing and that a test can make fail. */
export async function testRedis() {
  const port = await freePort();
  let server = await start(port);
  return {
    url: `redis://${LOOPBACK}:${port}`,
    /** Stops answering and keeps its connections. */
    hang: () => server.kill('SIGSTOP'),
    goOn: () => server.kill('SIGCONT'),
    async kill() {
      await end(server);
    },
    async startAgain() {
      server = await start(port);
    },
    [Symbol.asyncDispose]: () => end(server),
  };
}
export type TestRedis = Awaited<ReturnType<typeof testRedis>>;

async function start(port: number): Promise<ChildProcess> {
  const server = spawn(BINARY, ['--port', String(port), '--bind', LOOPBACK, '--save', ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(server.stdout)) if (line.includes('Ready to accept connections')) break;
  server.stdout.resume();
  return server;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGKILL');
  await ended;
}
