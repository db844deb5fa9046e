import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, query, startSystem, type System } from '@kith/stack/testing';

import { client } from './client.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(async () => system[Symbol.asyncDispose](), 60_000);

test('an idempotency key creates one token, and its secret is shown once', async () => {
  const call = client(system.gatewayUrl, system.token);
  const create = async () => {
    const { status, headers, data } = await call('POST', '/tokens', { name: 'ERP' }, { 'idempotency-key': 'erp' });
    return { status, replayed: headers.get('idempotency-replayed'), data: data as { id: string; token?: string } };
  };
  const first = await create();
  const { token, ...told } = first.data;
  expect(token).toMatch(/^kith_/);
  expect(await create()).toEqual({ status: 201, replayed: 'true', data: told });
});

test.each([
  ['contacts', '/contact-lists', { name: 'Monday' }, { name: 'Tuesday' }],
  ['tokens', '/tokens', { name: 'Monday' }, { name: 'Tuesday' }],
] as const)(
  'an idempotency key for %s is free again a day after its use',
  async (database, path, today, tomorrow) => {
    const call = client(system.gatewayUrl, system.token);
    const key = { 'idempotency-key': `day-${database}` };
    expect((await call('POST', path, today, key)).status).toBe(201);
    expect((await call('POST', path, tomorrow, key)).status).toBe(409);

    await query(
      system.databases[database],
      `update idempotency_keys set created_at = created_at - interval '24 hours'`,
    );
    await system.restart(database === 'contacts' ? 'contacts-service' : 'token-service', 'SIGTERM');
    await eventually(async () => {
      const { status, headers } = await call('POST', path, tomorrow, key);
      expect({ status, replayed: headers.get('idempotency-replayed') }).toEqual({ status: 201, replayed: null });
    });
  },
  60_000,
);
