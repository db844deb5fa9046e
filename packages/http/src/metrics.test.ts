import { once } from 'node:events';
import { connect } from 'node:net';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { serveMetrics } from './metrics.ts';

let metrics: Awaited<ReturnType<typeof serveMetrics>>;
beforeEach(async () => {
  metrics = await serveMetrics({ port: 0, host: '127.0.0.1' });
});
afterEach(async () => metrics[Symbol.asyncDispose]());

test('metrics are told as Prometheus reads them', async () => {
  const answer = await fetch(`http://127.0.0.1:${metrics.port}/metrics`);
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await answer.text()).toContain('process_cpu_seconds_total');
});

test('the metrics hang up on more connections than scrapers need', async () => {
  const dial = async () => {
    const socket = connect(metrics.port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  const sockets = [];
  for (let n = 0; n < 51; n++) sockets.push(await dial());
  const last = sockets.at(-1)!;
  last.resume();
  await once(last, 'close');
  expect(sockets.filter(({ destroyed }) => destroyed)).toEqual([last]);
  for (const socket of sockets) socket.destroy();
});
