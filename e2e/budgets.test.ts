import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, startSystem, type System } from '@kith/stack/testing';
import { describeOverRedis, testRedis, type TestRedis } from '@kith/stack/testing/redis';

import { client } from './client.ts';

describeOverRedis('two gateways and one Redis', () => {
  let redis: TestRedis;
  let system: System;
  let gateways: readonly string[];
  beforeAll(async () => {
    redis = await testRedis();
    system = await startSystem({ env: { REDIS_URL: redis.url } });
    gateways = [system.gatewayUrl, await system.startGateway()];
  }, 120_000);
  afterAll(async () => {
    await system[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  }, 60_000);

  test('a budget of 30 writes lets exactly 30 of 200 simultaneous writes through (WD-55, WD-56)', async () => {
    const { token } = await system.newTenant({ plan: 'business', limits: null });
    const calls = gateways.map((gateway) => client(gateway, token));
    const names = Array.from({ length: 200 }, (_, n) => `List ${n}`);
    const replies = await Promise.all(names.map((name, n) => calls[n % 2]!('POST', '/contact-lists', { name })));

    const refused = replies.filter(({ status }) => status === 429);
    expect([replies.filter(({ status }) => status === 201).length, refused.length]).toEqual([30, 170]);
    for (const { headers } of refused) {
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
    }
    const { data } = await calls[0]!('GET', '/contact-lists/all');
    expect(data).toHaveLength(30);
  });

  test('a plan that loses an API is refused at once by the gateway that changed it, and soon by the other', async () => {
    const { token, accountId } = await system.newTenant();
    const ask = async (gateway: string) => (await client(gateway, token)('GET', '/me')).status;
    for (const gateway of gateways) expect(await ask(gateway)).toBe(200);

    const operator = client(system.gatewayUrl, system.operatorKey);
    expect((await operator('PATCH', `/accounts/${accountId}`, { plan: 'pro' })).status).toBe(200);
    expect(await ask(gateways[0]!)).toBe(403);
    await eventually(async () => expect(await ask(gateways[1]!)).toBe(403), { timeout: 5_000 });

    expect((await operator('PATCH', `/accounts/${accountId}`, { plan: 'business' })).status).toBe(200);
    expect(await ask(gateways[0]!)).toBe(200);
    await eventually(async () => expect(await ask(gateways[1]!)).toBe(200), { timeout: 5_000 });
  });

  test('new limits of a plan count from the next request on', async () => {
    const { token, accountId } = await system.newTenant({ plan: 'business', limits: null });
    const call = client(gateways[0]!, token);
    const limitOf = async () => (await call('GET', '/me')).headers.get('x-ratelimit-limit');
    expect(await limitOf()).toBe('60');
    const operator = client(system.gatewayUrl, system.operatorKey);
    await operator('PATCH', `/accounts/${accountId}`, { limits: { native: { readsPerMinute: 3 } } });
    expect(await limitOf()).toBe('3');
    expect((await call('GET', '/me')).status).toBe(200);
    expect((await call('GET', '/me')).status).toBe(429);
  });

  test('requests pass while Redis is away', async () => {
    const { token } = await system.newTenant({ limits: { native: { readsPerMinute: 1 } } });
    const call = client(gateways[0]!, token);
    expect((await call('GET', '/me')).status).toBe(200);
    expect((await call('GET', '/me')).status).toBe(429);
    await redis.kill();
    expect((await call('GET', '/me')).status).toBe(200);
    await redis.startAgain();
    await eventually(async () => expect((await call('GET', '/me')).status).toBe(429));
  });
});
