import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';

import { describe, expect, test } from '@jest/globals';

import { closedLoop, httpClient, openLoop } from './load.ts';

test('a closed loop has no more requests under way than workers', async () => {
  let [under, most] = [0, 0];
  const { count } = await closedLoop(3, 0.02, async () => {
    most = Math.max(most, ++under);
    await setImmediate();
    under--;
  });
  expect(most).toBe(3);
  expect(count).toBeGreaterThanOrEqual(3);
});

describe('an open loop', () => {
  test('starts work although earlier work has not ended', async () => {
    const ends: (() => void)[] = [];
    const work = () =>
      new Promise<void>((resolve) => {
        ends.push(resolve);
        if (ends.length === 3) ends.forEach((end) => end());
      });
    await openLoop(1000, (begun) => begun < 3, work);
    expect(ends).toHaveLength(3);
  });

  test('reports failed work once all work is done', async () => {
    let done = 0;
    const work = async (n: number) => {
      if (n === 0) throw new Error('The first failed.');
      done++;
    };
    await expect(openLoop(1000, (begun) => begun < 3, work)).rejects.toThrow('The first failed.');
    expect(done).toBe(2);
  });
});

test('an answer with an unexpected status is an error that names request, status and body', async () => {
  await using resources = new AsyncDisposableStack();
  const server = resources.adopt(
    createServer((_, response) => response.writeHead(409).end('taken')).listen(0, '127.0.0.1'),
    (s) => void s.close(),
  );
  await new Promise((resolve) => server.once('listening', resolve));
  const client = resources.use(httpClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 1));
  await expect(client.send({ method: 'GET', path: '/x' })).rejects.toThrow('GET /x answers 409: taken');
  expect(await client.ask({ method: 'GET', path: '/x' })).toEqual({ status: 409, body: 'taken' });
});
