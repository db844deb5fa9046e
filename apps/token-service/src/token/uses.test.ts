import { afterAll, describe, expect, test } from '@jest/globals';
import type { Token } from '@kith/contracts/tokens';
import { eventually } from '@kith/stack/testing';

import { services } from '../services.ts';
import { serviceOnDatabase } from '../service.fixture.ts';

const service = await serviceOnDatabase();
afterAll(() => service[Symbol.asyncDispose]());
const { asOwner, countEvents, get, introspect, newToken, pool } = service;

describe('the last use of a token', () => {
  const lastUse = async (id: string) => (await get(`/tokens/${id}`)).json<Token>().lastUsedAt;

  test('is noted without an event, once a minute', async () => {
    const { token } = await newToken();
    const events = await countEvents();
    await introspect(token.token);
    const first = await eventually(async () => {
      const used = await lastUse(token.id);
      expect(used).toEqual(expect.any(String));
      return used;
    });

    const { noteUse } = services(pool).tokens;
    await introspect(token.token);
    await noteUse(token.id);
    expect(await lastUse(token.id)).toBe(first);

    await asOwner(`update token_uses set used_at = used_at - interval '61 seconds' where token_id = $1`, [token.id]);
    await introspect(token.token);
    await eventually(async () =>
      expect(Date.parse((await lastUse(token.id)) ?? '')).toBeGreaterThanOrEqual(Date.parse(first ?? '')),
    );
    expect(await countEvents()).toBe(events);
  });

  test('that cannot be noted does not refuse a valid token', async () => {
    const { token } = await newToken();
    await asOwner(`revoke insert on token_uses from kith_app`);
    try {
      expect((await introspect(token.token)).statusCode).toBe(200);
      await expect(services(pool).tokens.noteUse(token.id)).rejects.toThrow('permission denied');
      expect((await introspect(token.token)).statusCode).toBe(200);
    } finally {
      await asOwner(`grant insert on token_uses to kith_app`);
    }
  });
});
