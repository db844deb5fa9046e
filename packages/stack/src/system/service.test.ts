import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { freePort } from '../process/ports.ts';
import { identify } from '../process/process-id.ts';
import { startService } from './service.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kith service '));
});
afterEach(() => rmSync(folder, { recursive: true }));

const { signal } = new AbortController();

/** A service that is ready at the third request. */
const READY = `
  import { createServer } from 'node:http';
  let requests = 0;
  createServer((request, response) => {
    response.writeHead(request.url === '/readyz' && ++requests > 2 ? 200 : 503).end();
  }).listen(process.env.PORT, '127.0.0.1');
`;

async function start(script: string, stopped = signal, onSpawned = (_pid: number) => {}) {
  const main = join(folder, 'main.mjs');
  writeFileSync(main, script);
  const port = await freePort();
  return startService({
    name: 'diary-service',
    main,
    port,
    env: { PORT: String(port) },
    logFile: join(folder, 'diary-service.log'),
    onSpawned,
    signal: stopped,
  });
}

test('a service counts as started once it is ready, and ends when disposed of', async () => {
  const service = await start(READY);
  expect(identify(service.pid!)).toBeDefined();
  await service[Symbol.asyncDispose]();
  await service.exited;
  expect(identify(service.pid!)).toBeUndefined();
});

test('a service that ends while it starts is reported with the end of its log', async () => {
  await expect(start(`console.log('DATABASE_URL is missing'); process.exit(1)`)).rejects.toThrow(
    /^diary-service ended while it was starting[^]*diary-service\.log[^]*DATABASE_URL is missing/,
  );
});

test('a service that is not ready yet ends when the start is aborted', async () => {
  const stopping = new AbortController();
  let pid = 0;
  const starting = start(`setTimeout(() => {}, 60_000)`, stopping.signal, (spawned) => {
    pid = spawned;
    stopping.abort();
  });
  await expect(starting).rejects.toThrow('aborted');
  expect(identify(pid)).toBeUndefined();
});
