import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';
import { describeOverRedis, testRedis } from '@kith/stack/testing/redis';
import { createClient } from 'redis';

import { memoryRateLimit } from './memory-rate-limit.ts';
import type { RateLimit, Window } from './rate-limit.ts';
import { redisRateLimit } from './redis-rate-limit.ts';

type Subject = AsyncDisposable & {
  readonly limit: RateLimit;
  /** Makes everything so far older. */
  readonly pass: (seconds: number) => Promise<unknown>;
};

async function inMemory(): Promise<Subject> {
  let now = 1_000_000;
  const limit = memoryRateLimit(() => now);
  const pass = async (seconds: number) => {
    now += seconds * 1000;
  };
  return { limit, pass, [Symbol.asyncDispose]: () => limit[Symbol.asyncDispose]() };
}

// Redis' clock is its own, so what is in the logs is moved back instead.
const AGE = `
for _, key in ipairs(redis.call('KEYS', '*')) do
  local log = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
  for i = 1, #log, 2 do redis.call('ZADD', key, log[i + 1] - ARGV[1], log[i]) end
end`;

async function inRedis(): Promise<Subject> {
  await using resources = new AsyncDisposableStack();
  const { url } = resources.use(await testRedis());
  const client = resources.adopt(createClient({ url }), (opened) => opened.destroy());
  await client.connect();
  const log = { info: () => {}, warn: () => {} };
  const limit = resources.use(redisRateLimit({ url, log: () => log }));
  // Until it is connected, it lets everything pass.
  await eventually(async () => expect((await limit.take('first', [minute])).budgets).toHaveLength(1));
  const opened = resources.move();
  return {
    limit,
    pass: (seconds) => client.eval(AGE, { arguments: [String(seconds * 1000)] }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const minute: Window = { name: 'reads', seconds: 60, limit: 3 };

const itKeepsItsPromises = (open: () => Promise<Subject>): void => {
  let subject: Subject;
  let token: string;
  beforeAll(async () => {
    subject = await open();
  });
  afterAll(async () => subject[Symbol.asyncDispose]());
  beforeEach(() => {
    token = randomUUID();
  });
  const take = (windows: readonly Window[] = [minute], key = token) => subject.limit.take(key, windows);
  const pass = async (seconds: number) => {
    await subject.pass(seconds);
  };

  test('lets exactly as many through as the plan says (WD-55)', async () => {
    const outcomes = [];
    for (let n = 0; n < 5; n++) outcomes.push((await take()).allowed);
    expect(outcomes).toEqual([true, true, true, false, false]);
  });

  test('lets exactly as many of those through that come at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => take()));
    expect(outcomes.filter(({ allowed }) => allowed)).toHaveLength(3);
  });

  test('slides: never more than the limit in any stretch of the window', async () => {
    const passed: number[] = [];
    for (let at = 0; at < 1_060; at += 5.3) {
      if ((await take()).allowed) passed.push(at);
      await pass(5.3);
    }
    for (const at of passed)
      expect(passed.filter((other) => other >= at && other < at + 60).length).toBeLessThanOrEqual(3);
    expect(passed.length).toBeGreaterThan(48);
  });

  test('says what is left, and when there is more', async () => {
    expect(await take()).toEqual({
      allowed: true,
      retryAfter: 0,
      budgets: [{ ...minute, remaining: 2, resetSeconds: 60 }],
    });
    await pass(10.1);
    expect(await take()).toMatchObject({ budgets: [{ remaining: 1, resetSeconds: 50 }] });
  });

  test('says how long to wait, and that wait is enough and needed (WD-56)', async () => {
    await take();
    await pass(10.1);
    await take();
    await take();
    const refused = await take();
    expect(refused).toMatchObject({ allowed: false, retryAfter: 50 });
    await pass(refused.retryAfter - 1);
    expect((await take()).allowed).toBe(false);
    await pass(1);
    expect((await take()).allowed).toBe(true);
    expect((await take()).allowed).toBe(false);
  });

  test('that was lowered says how long to wait until there is room under the new limit', async () => {
    await take();
    await pass(20.1);
    await take();
    await pass(10);
    await take();
    const lowered = { ...minute, limit: 2 };
    const refused = await take([lowered]);
    expect(refused).toMatchObject({ allowed: false, retryAfter: 50, budgets: [{ limit: 2, remaining: 0 }] });
    await pass(refused.retryAfter);
    expect((await take([lowered])).allowed).toBe(true);
  });

  test('is one per token and per window (T-8)', async () => {
    for (let n = 0; n < 3; n++) await take();
    expect((await take()).allowed).toBe(false);
    expect((await take([minute], randomUUID())).allowed).toBe(true);
    expect((await take([{ ...minute, name: 'writes' }])).allowed).toBe(true);
  });

  test('of several windows counts a call in all of them or in none', async () => {
    const both: Window[] = [
      { name: 'burst', seconds: 10, limit: 1 },
      { name: 'day', seconds: 86_400, limit: 2 },
    ];
    expect((await take(both)).allowed).toBe(true);
    expect(await take(both)).toMatchObject({
      allowed: false,
      retryAfter: 10,
      budgets: [{ remaining: 0 }, { remaining: 1 }],
    });
    await pass(10.1);
    expect((await take(both)).allowed).toBe(true);
    await pass(10);
    expect(await take(both)).toMatchObject({ allowed: false, retryAfter: 86_380 });
  });

  test('without a limit refuses nothing and is not told of', async () => {
    const endless = { ...minute, limit: null };
    expect(await take([endless])).toEqual({ allowed: true, retryAfter: 0, budgets: [] });
    const daily = { name: 'day', seconds: 86_400, limit: 5 };
    expect(await take([endless, daily])).toMatchObject({ allowed: true, budgets: [{ name: 'day' }] });
  });

  test('of nothing refuses everything', async () => {
    expect(await take([{ ...minute, limit: 0 }])).toMatchObject({ allowed: false, retryAfter: 60 });
  });
};

describe('a budget kept in memory', () => {
  itKeepsItsPromises(inMemory);
});
describeOverRedis('a budget kept in Redis', () => {
  itKeepsItsPromises(inRedis);
});
