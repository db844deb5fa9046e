import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';
import { describeOverRedis, testRedis, type TestRedis } from '@kith/stack/testing/redis';
import { register } from 'prom-client';
import { createClient } from 'redis';

import { serveContacts, testGateway } from '../gateway.fixture.ts';
import type { CountedWindow } from './rate-limit.ts';
import { redisRateLimit } from './redis-rate-limit.ts';

const once: CountedWindow = { name: 'writes', of: 'tok_1', seconds: 60, limit: 1 };
const ofAll: CountedWindow = { name: 'workspace-writes', of: 'ws_1', seconds: 60, limit: 5 };
const MINUTE_MS = 60_000;

describeOverRedis('The limit in Redis', () => {
  let redis: TestRedis;
  let said: string[];
  beforeEach(async () => {
    said = [];
    redis = await testRedis();
  });
  afterEach(() => redis[Symbol.asyncDispose]());

  const log = {
    info: (_: unknown, message?: string) => void said.push(message ?? String(_)),
    warn: (_: unknown, message?: string) => void said.push(message ?? String(_)),
  };
  const open = () => redisRateLimit({ url: redis.url, log: () => log });

  const uncounted = async () => {
    const { values } = (await register.getSingleMetric('kith_rate_limit_unavailable_total')?.get()) ?? { values: [] };
    return values[0]?.value ?? 0;
  };

  test('lets requests pass while Redis is away, logs it once, counts each, and limits again afterwards', async () => {
    await using limit = open();
    await eventually(async () => expect((await limit.take('ws_1', [once])).budgets).toHaveLength(1));
    expect((await limit.take('ws_1', [once])).allowed).toBe(false);
    said.length = 0;

    await redis.kill();
    const before = await uncounted();
    for (let n = 0; n < 100; n++)
      expect(await limit.take('ws_1', [once])).toEqual({ allowed: true, retryAfter: 0, budgets: [] });
    expect(await uncounted()).toBe(before + 100);
    const away = 'Redis is away: requests pass uncounted';
    expect(said).toEqual([away]);

    await redis.startAgain();
    await eventually(async () => expect((await limit.take('ws_1', [once])).allowed).toBe(false));
    expect(said).toEqual([away, 'Redis is back: requests are counted again']);
  });

  test('lets requests pass while Redis hangs, and limits again afterwards', async () => {
    await using limit = open();
    await eventually(async () => expect((await limit.take('ws_1', [once])).budgets).toHaveLength(1));
    redis.hang();
    const answers = await Promise.all(Array.from({ length: 20 }, () => limit.take('ws_1', [once])));
    expect(answers.every(({ allowed }) => allowed)).toBe(true);
    expect(said.at(-1)).toBe('Redis is away: requests pass uncounted');
    redis.goOn();
    await eventually(async () => expect((await limit.take('ws_1', [once])).allowed).toBe(false));
  });

  test('lets requests pass where Redis is away when the gateway starts', async () => {
    await redis.kill();
    await using limit = open();
    expect((await limit.take('ws_1', [once])).allowed).toBe(true);
    await redis.startAgain();
    await eventually(async () => expect((await limit.take('ws_1', [once])).budgets).toHaveLength(1));
  });

  test('keeps nothing for longer than it counts, and no more of the client than the ids of token and workspace', async () => {
    await using limit = open();
    await eventually(async () => expect((await limit.take('ws_1', [once, ofAll])).budgets).toHaveLength(2));
    await using client = {
      opened: createClient({ url: redis.url }),
      [Symbol.asyncDispose]: async () => opened.destroy(),
    };
    const { opened } = client;
    await opened.connect();
    const keys = await opened.keys('*');
    // In one slot of a cluster, by what stands in braces.
    expect(keys.toSorted()).toEqual(['kith:rate:{ws_1}:tok_1:writes', 'kith:rate:{ws_1}:ws_1:workspace-writes']);
    for (const key of keys) {
      const expires = await opened.pTTL(key);
      expect(expires > 0 && expires <= MINUTE_MS).toBe(true);
    }
  });

  test('lets 30 of 200 writes at once through, over two gateways, with a budget of 30 (WD-55)', async () => {
    await using one = await testGateway({ rateLimit: open() });
    await using other = await testGateway({ rateLimit: open() });
    const gateways = [one, other];
    const limits = { native: { readsPerMinute: 60, writesPerMinute: 30 } };
    // The first token of each, so both know the same one.
    const tokens = gateways.map((gateway) => gateway.token({ limits }));
    for (const [n, gateway] of gateways.entries()) {
      serveContacts(gateway);
      await eventually(async () => {
        const { headers } = await gateway.call('/api/v1/contacts/123', { as: tokens[n]! });
        expect(headers['x-ratelimit-limit']).toBe('60');
      });
    }
    const write = (n: number) =>
      gateways[n % 2]!.call('/api/v1/contact-lists', { method: 'POST', body: { name: 'VIP' }, as: tokens[n % 2]! });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => write(n)));
    const count = (status: number) => answers.filter(({ statusCode }) => statusCode === status).length;
    expect([count(201), count(429)]).toEqual([30, 170]);
    expect(gateways.flatMap((gateway) => gateway.written())).toHaveLength(30);
  });
});
