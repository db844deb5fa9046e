import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, startSystem, type System } from '@kith/stack/testing';

import { client } from './client.ts';

let system: System;
let other: string;
beforeAll(async () => {
  system = await startSystem();
  other = await system.startGateway();
}, 120_000);
afterAll(async () => system[Symbol.asyncDispose](), 60_000);

type Tenant = Awaited<ReturnType<System['newTenant']>>;

const statusAt = async (gatewayUrl: string, token: string) =>
  (await client(gatewayUrl, token)('GET', '/contact-lists/all')).status;

async function revoke({ token, workspaceId }: Tenant): Promise<void> {
  const operator = client(system.gatewayUrl, system.operatorKey);
  const tokens = (await operator('GET', `/tokens?workspaceId=${workspaceId}`)).data as {
    id: string;
    preview: string;
  }[];
  const id = tokens.find(({ preview }) => token.endsWith(preview))?.id;
  expect((await operator('DELETE', `/tokens/${id}`)).status).toBeLessThan(300);
}

test('a revoked token is refused on its next request, and soon at every other gateway', async () => {
  const tenant = await system.newTenant();
  // Both gateways have cached the token now and would accept it without asking token-service.
  for (const gateway of [system.gatewayUrl, other]) expect(await statusAt(gateway, tenant.token)).toBe(200);
  await revoke(tenant);
  expect(await statusAt(system.gatewayUrl, tenant.token)).toBe(401);
  // Kafka brings the revocation. Without it a gateway asks again after ten seconds.
  await eventually(async () => expect(await statusAt(other, tenant.token)).toBe(401), { timeout: 5000 });
}, 60_000);

test('under load, a gateway that has refused a revoked token never accepts it again', async () => {
  const tenant = await system.newTenant();
  const seen: Record<string, number[]> = { [system.gatewayUrl]: [], [other]: [] };
  let running = true;
  const callers = [system.gatewayUrl, other, system.gatewayUrl, other].map(async (gateway) => {
    while (running) seen[gateway]!.push(await statusAt(gateway, tenant.token));
  });
  await eventually(() => {
    for (const statuses of Object.values(seen)) expect(statuses.length).toBeGreaterThan(50);
  });
  await revoke(tenant);
  expect(await statusAt(system.gatewayUrl, tenant.token)).toBe(401);
  await eventually(() => {
    for (const statuses of Object.values(seen)) expect(statuses.slice(-50)).toEqual(Array(50).fill(401));
  });
  running = false;
  await Promise.all(callers);
  for (const statuses of Object.values(seen)) {
    expect(new Set(statuses)).toEqual(new Set([200, 401]));
    // Each gateway has two callers, so their answers may be noted out of order.
    expect(statuses.lastIndexOf(200)).toBeLessThanOrEqual(statuses.indexOf(401) + 1);
  }
}, 60_000);
