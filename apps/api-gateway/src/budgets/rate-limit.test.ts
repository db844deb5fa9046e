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
  await eventually(async () =>
    expect((await limit.take('first', [{ ...minute, of: 'first' }])).budgets).toHaveLength(1),
  );
  const opened = resources.move();
  return {
    limit,
    pass: (seconds) => client.eval(AGE, { arguments: [String(seconds * 1000)] }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const minute: Window = { name: 'reads', seconds: 60, limit: 3 };
const WORKSPACE = 'ws_1';

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
  const take = (windows: readonly Window[] = [minute], of = token) =>
    subject.limit.take(
      WORKSPACE,
      windows.map((window) => ({ ...window, of })),
    );
  const pass = async (seconds: number) => {
    await subject.pass(seconds);
  };

  test('lets exactly as many through as the plan says (WD-55)', async () => {
    const outcomes = [];
    for (let n = 0; n < 5; n++) outcomes.push((await take()).allowed);
    expect(outcomes).toEqual([true, true, true, false, false]);
  });

  test('lets exactly as many through that come at once', async () => {
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

  test('tells what is left, and when there is more', async () => {
    expect(await take()).toEqual({
      allowed: true,
      retryAfter: 0,
      budgets: [{ ...minute, remaining: 2, resetSeconds: 60 }],
    });
    await pass(10.1);
    expect(await take()).toMatchObject({ budgets: [{ remaining: 1, resetSeconds: 50 }] });
  });

  test('tells how long to wait, and that wait is enough and needed (WD-56)', async () => {
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

  test('that was lowered tells how long to wait until there is room under the new limit', async () => {
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

  test('is separate for each token and each window (T-8)', async () => {
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

  describe('of a token and of its workspace', () => {
    const ofAll: Window = { name: 'workspace-reads', seconds: 60, limit: 5 };
    let workspace: string;
    beforeEach(() => {
      workspace = randomUUID();
    });
    const takeOf = async (of: string) =>
      subject.limit.take(workspace, [
        { ...minute, of },
        { ...ofAll, of: workspace },
      ]);

    test('lets no more through with many tokens than the workspace may have', async () => {
      const outcomes = [];
      for (let n = 0; n < 12; n++) outcomes.push((await takeOf(`${token} ${n % 4}`)).allowed);
      expect(outcomes).toEqual([...Array<boolean>(5).fill(true), ...Array<boolean>(7).fill(false)]);
    });

    test('lets exactly as many through that come at once', async () => {
      const outcomes = await Promise.all(Array.from({ length: 60 }, (_, n) => takeOf(`${token} ${n % 6}`)));
      expect(outcomes.filter(({ allowed }) => allowed)).toHaveLength(5);
    });

    test('charges neither where the other refuses', async () => {
      for (let n = 0; n < 4; n++) await takeOf(token);
      expect(await takeOf(token)).toMatchObject({ allowed: false, budgets: [{ remaining: 0 }, { remaining: 2 }] });
      for (let n = 0; n < 2; n++) expect((await takeOf(`${token} 2`)).allowed).toBe(true);
      const refused = await takeOf(`${token} 2`);
      expect(refused).toMatchObject({ allowed: false, budgets: [{ remaining: 1 }, { remaining: 0 }] });
      expect((await takeOf(`${token} 3`)).budgets).toMatchObject([{ remaining: 3 }, { remaining: 0 }]);
    });

    test('tells how long to wait for the one that refuses', async () => {
      await takeOf(`${token} 1`);
      await pass(20.1);
      for (let n = 0; n < 4; n++) await takeOf(`${token} ${2 + (n % 2)}`);
      expect(await takeOf(`${token} 3`)).toMatchObject({ allowed: false, retryAfter: 40 });
      await pass(40);
      expect((await takeOf(`${token} 3`)).allowed).toBe(true);
    });

    test('is separate for each workspace', async () => {
      for (let n = 0; n < 5; n++) await takeOf(`${token} ${n}`);
      workspace = randomUUID();
      expect((await takeOf(`${token} 9`)).allowed).toBe(true);
    });
  });

  test('without a limit refuses nothing and is not named', async () => {
    const endless = { ...minute, limit: null };
    expect(await take([endless])).toEqual({ allowed: true, retryAfter: 0, budgets: [] });
    const daily = { name: 'day', seconds: 86_400, limit: 5 };
    expect(await take([endless, daily])).toMatchObject({ allowed: true, budgets: [{ name: 'day' }] });
  });

  test('of zero refuses everything', async () => {
    expect(await take([{ ...minute, limit: 0 }])).toMatchObject({ allowed: false, retryAfter: 60 });
  });
};

describe('A budget kept in memory', () => {
  itKeepsItsPromises(inMemory);
});
describeOverRedis('A budget kept in Redis', () => {
  itKeepsItsPromises(inRedis);
});
