import { hash } from 'node:crypto';

import { afterAll, describe, expect, test } from '@jest/globals';
import type { CreatedToken } from '@kith/contracts/tokens';

import { UNKNOWN_TOKEN, UNKNOWN_WORKSPACE, serviceOnDatabase } from './service.fixture.ts';

const service = await serviceOnDatabase();
afterAll(() => service[Symbol.asyncDispose]());
const { app, asOwner, del, everything, introspect, keyed, newToken, page } = service;

async function dump(): Promise<string> {
  const tables = await asOwner(`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`);
  const rows = await Promise.all(tables.map(({ name }) => asOwner(`select to_jsonb(t)::text as row from ${name} t`)));
  return rows
    .flat()
    .map(({ row }) => row)
    .join('\n');
}

test('a request without the internal key is refused', async () => {
  expect((await app.inject('/accounts')).statusCode).toBe(401);
  expect((await app.inject({ method: 'POST', url: '/tokens/introspect', payload: {} })).statusCode).toBe(401);
});

describe('an idempotency key', () => {
  test('opens one account, however often it is used', async () => {
    const body = { name: 'Once', plan: 'business' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => keyed('/accounts', body, 'account')));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from(answers, () => 201));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true')).toHaveLength(4);
    const accounts = await everything('/accounts?perPage=7');
    expect(accounts.filter(({ name }) => name === 'Once')).toHaveLength(1);
  });

  test('makes one token, whose secret is in the first answer alone', async () => {
    const { workspaceId } = await newToken();
    const body = { name: 'Once', workspaceId };
    const { token, ...rest } = (await keyed('/tokens', body, 'token')).json<CreatedToken>();
    expect((await introspect(token)).statusCode).toBe(200);

    const again = await keyed('/tokens', body, 'token');
    expect(again.statusCode).toBe(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.json()).toEqual(rest);
    const { items } = await page(`/tokens?workspaceId=${workspaceId}`);
    expect(items.filter(({ name }) => name === 'Once')).toHaveLength(1);
  });

  test('counts for one request of one client', async () => {
    const body = { name: 'Twice', plan: 'business' };
    await keyed('/accounts', body, 'shared');
    expect((await keyed('/accounts', body, 'shared', 'operator', 'cd')).statusCode).toBe(409);
    const another = await keyed('/accounts', body, 'shared', UNKNOWN_TOKEN, 'cd');
    expect(another.headers['idempotency-replayed']).toBeUndefined();
    expect(another.statusCode).toBe(201);
  });

  test('is free again after a refusal', async () => {
    const { workspaceId } = await newToken();
    const refused = await keyed('/tokens', { name: 'ERP', workspaceId: UNKNOWN_WORKSPACE }, 'refused');
    expect(refused.statusCode).toBe(422);
    const accepted = await keyed('/tokens', { name: 'ERP', workspaceId }, 'refused', 'operator', 'cd');
    expect(accepted.statusCode).toBe(201);
    expect(accepted.json()).toHaveProperty('token');
  });
});

test('the secret of a token is in no row and no event, nor in an answer kept for a key', async () => {
  const { workspaceId } = await newToken();
  const token = (await keyed('/tokens', { name: 'ERP', workspaceId }, 'secret')).json<CreatedToken>();
  await introspect(token.token);
  await del(`/tokens/${token.id}`);

  const secret = token.token.slice('kith_'.length, -6);
  const forms = [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64').slice(0, 40)];
  const everything = await dump();
  // It is looked for in the right place: what may be known of the token is there.
  expect(everything).toContain(hash('sha256', token.token, 'hex'));
  for (const form of forms) expect(everything).not.toContain(form);
});
