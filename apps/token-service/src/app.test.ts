import { hash } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from '@kith/contracts';
import { type Account, type CreatedToken, isWellFormedToken, type Token, type TokenInfo } from '@kith/contracts/tokens';
import { differingRows, migrate, openPool } from '@kith/event-store';
import { eventually, testDatabase } from '@kith/stack/testing';
import pg, { type Pool } from 'pg';

import { buildApp } from './app.ts';
import { accountAggregate } from './account/service.ts';
import { services } from './services.ts';
import { tokenAggregate } from './token/service.ts';

const KEY = 'an internal key of at least 32 characters';

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let app: ReturnType<typeof buildApp>;

beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../migrations'));
  pool = openPool(database.url);
  app = buildApp(services(pool), { logger: false, internalKeys: [KEY], ready: async () => {} });
});
afterAll(async () => {
  expect(await differingRows(pool, accountAggregate)).toEqual([]);
  expect(await differingRows(pool, tokenAggregate)).toEqual([]);
  await app.close();
  await pool.end();
  await database[Symbol.asyncDispose]();
});

const headers = { 'x-kith-internal-key': KEY };
const get = (url: string) => app.inject({ url, headers });
const post = (url: string, payload: object) => app.inject({ method: 'POST', url, payload, headers });
const patch = (url: string, payload: object) => app.inject({ method: 'PATCH', url, payload, headers });
const del = (url: string) => app.inject({ method: 'DELETE', url, headers });

const keyed = (url: string, payload: object, key: string, scope = 'operator', hashed = 'ab') =>
  app.inject({
    method: 'POST',
    url,
    payload,
    headers: {
      ...headers,
      'x-kith-token': scope,
      'idempotency-key': hash('sha256', `${scope}\n${key}`),
      'x-kith-request-hash': hashed.repeat(32),
    },
  });

const newAccount = async (asked: object = {}) =>
  (await post('/accounts', { name: 'Acme', plan: 'business', ...asked })).json<Account>();

async function newToken(asked: object = {}) {
  const account = await newAccount();
  const workspaceId = account.workspaces[0]?.id ?? '';
  const token = (await post('/tokens', { name: 'ERP', workspaceId, ...asked })).json<CreatedToken>();
  return { account, workspaceId, token };
}
const introspect = (token: string) => post('/tokens/introspect', { hash: hash('sha256', token, 'hex') });

type Item = Pick<Token, 'id' | 'name' | 'createdAt'>;
const page = async (url: string) => (await get(url)).json<Page<Item>>();

/** From page to page by the cursor. */
async function everything(url: string): Promise<Item[]> {
  const found: Item[] = [];
  let next: string | null = url;
  while (next !== null) {
    const { items, nextCursor }: Page<Item> = await page(next);
    found.push(...items);
    next = nextCursor && `${url}&cursor=${nextCursor}`;
  }
  return found;
}

async function countEvents(): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(`select count(*)::int as count from events`);
  return rows[0]?.count ?? 0;
}

const UNKNOWN_ACCOUNT = 'acc_00000000000000000000000000';
const UNKNOWN_TOKEN = 'tok_00000000000000000000000000';
const UNKNOWN_WORKSPACE = 'ws_00000000000000000000000000';

test('only who carries the internal key is answered', async () => {
  expect((await app.inject('/accounts')).statusCode).toBe(401);
  expect((await app.inject({ method: 'POST', url: '/tokens/introspect', payload: {} })).statusCode).toBe(401);
});

describe('an account', () => {
  test('starts with one workspace and the terms of its plan', async () => {
    const answer = await post('/accounts', { name: 'Acme', plan: 'business' });
    expect(answer.statusCode).toBe(201);
    const account = answer.json<Account>();
    expect(account).toMatchObject({
      name: 'Acme',
      plan: 'business',
      limits: { native: { readsPerMinute: 60, writesPerMinute: 30 }, waply: { callsPerMinute: 100 } },
      apiAccess: ['native', 'wisedata', 'wisepops', 'leadconnector', 'consuelo', 'waply'],
      workspaces: [{ name: 'Acme' }],
    });
    expect((await get(`/accounts/${account.id}`)).json()).toEqual(account);
    expect(await everything('/accounts?perPage=7')).toContainEqual(account);
  });

  test.each([
    ['free', [], {}],
    [
      'pro',
      ['wisepops', 'consuelo'],
      { wisepops: { callsPer30Days: 1500 }, consuelo: { callsPerMinute: 300, callsPerDay: 50_000 } },
    ],
    [
      'enterprise',
      ['native', 'wisedata', 'wisepops', 'leadconnector', 'consuelo', 'waply'],
      {
        native: { readsPerMinute: 600, writesPerMinute: 300 },
        wisepops: { callsPer30Days: null },
        leadconnector: { callsPer10Seconds: 100, callsPerDay: 200_000 },
        consuelo: { callsPerMinute: 1000, callsPerDay: null },
        waply: { callsPerMinute: 500 },
      },
    ],
  ])('of the plan %s has what that plan has', async (plan, apiAccess, limits) => {
    expect(await newAccount({ plan })).toMatchObject({ plan, apiAccess, limits });
  });

  test('keeps limits of its own over its plan’s, until they are cleared', async () => {
    const { id, limits } = await newAccount({ limits: { native: { readsPerMinute: 5 } } });
    expect(limits.native).toEqual({ readsPerMinute: 5, writesPerMinute: 30 });

    const enterprise = (await patch(`/accounts/${id}`, { plan: 'enterprise', apiAccess: ['native'] })).json<Account>();
    expect(enterprise).toMatchObject({
      limits: { native: { readsPerMinute: 5, writesPerMinute: 300 } },
      apiAccess: ['native'],
    });

    const cleared = (await patch(`/accounts/${id}`, { limits: null, apiAccess: null })).json<Account>();
    expect(cleared.limits.native).toEqual({ readsPerMinute: 600, writesPerMinute: 300 });
    expect(cleared.apiAccess).toHaveLength(6);
  });

  test('set to what it is already has no new event', async () => {
    const limits = { consuelo: { callsPerMinute: 1, callsPerDay: null } };
    const account = await newAccount({ limits });
    const events = await countEvents();
    const { name, plan } = account;
    expect((await patch(`/accounts/${account.id}`, { name, plan, limits })).json()).toEqual(account);
    expect(await countEvents()).toBe(events);
  });

  test('that does not exist is 404, also to change', async () => {
    expect((await get(`/accounts/${UNKNOWN_ACCOUNT}`)).statusCode).toBe(404);
    expect((await patch(`/accounts/${UNKNOWN_ACCOUNT}`, { name: 'Acme' })).statusCode).toBe(404);
    expect((await get('/accounts/nonsense')).statusCode).toBe(404);
  });

  test('with an unknown plan, a misspelt window or a member too many is refused, naming each, and leaves no trace', async () => {
    const events = await countEvents();
    const answer = await post('/accounts', {
      name: '',
      plan: 'gold',
      limits: { native: { readsPerHour: 1 } },
      colour: 'red',
    });
    expect(answer.statusCode).toBe(422);
    expect(Object.keys(answer.json<{ errors: object }>().errors).toSorted()).toEqual([
      'colour',
      'limits.native.readsPerHour',
      'name',
      'plan',
    ]);
    expect(await countEvents()).toBe(events);
  });
});

describe('tokens', () => {
  test('come newest first, page by page, whatever is made and revoked meanwhile', async () => {
    const { workspaceId, token: oldest } = await newToken({ name: 'One' });
    const another = async (name: string) => (await post('/tokens', { name, workspaceId })).json<CreatedToken>();
    await another('Two');
    const newest = await another('Three');
    const within = `/tokens?workspaceId=${workspaceId}&perPage=2`;
    const first = await page(within);
    expect([first.items.map(({ name }) => name), first.total]).toEqual([['Three', 'Two'], 3]);
    const last = { items: [{ id: oldest.id }], total: 3, nextCursor: null };
    expect(await page(`${within}&page=2`)).toMatchObject(last);

    await del(`/tokens/${newest.id}`);
    await another('Four');
    expect(await page(`${within}&cursor=${first.nextCursor}`)).toMatchObject(last);
  });

  test('of one and the same moment are shown once each', async () => {
    const { workspaceId } = await newToken();
    for (const name of ['Two', 'Three']) await post('/tokens', { name, workspaceId });
    const path = `/tokens?workspaceId=${workspaceId}`;
    const made = (await page(path)).items;
    const setTime = (id: string, time: string) =>
      asOwner(`update tokens set created_at = $2 where id = $1`, [id, time]);
    for (const { id } of made) await setTime(id, '2026-06-05T13:40:00.123Z');
    const shown = await everything(`${path}&perPage=1`);
    for (const { id, createdAt } of made) await setTime(id, createdAt);
    expect(shown.map(({ id }) => id)).toEqual(
      made
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    );
  });

  const crafted = (...position: unknown[]) => Buffer.from(JSON.stringify(position)).toString('base64url');
  const TIME = '2026-06-05T13:40:00.123Z';
  test.each([
    ['/tokens', 'nonsense'],
    ['/tokens', crafted(TIME)],
    ['/tokens', crafted(TIME, UNKNOWN_ACCOUNT)],
    ['/tokens', crafted('0000-01-01T00:00:00.000Z', UNKNOWN_TOKEN)],
    ['/accounts', crafted(TIME, UNKNOWN_TOKEN)],
    ['/accounts', crafted(TIME, `${UNKNOWN_ACCOUNT}\u0000`)],
    ['/accounts', crafted('2026-02-31T00:00:00.000Z', UNKNOWN_ACCOUNT)],
  ])('%s are refused after the cursor %s', async (path, cursor) => {
    const answer = await get(`${path}?cursor=${cursor}`);
    expect(answer.json()).toMatchObject({ status: 422, errors: { cursor: [expect.any(String)] } });
  });
});

describe('a token', () => {
  test('is shown once; afterwards its last digits, its creation and its last use (WD-05)', async () => {
    const { token: created, workspaceId } = await newToken({ dialect: 'wisedata' });
    expect(isWellFormedToken(created.token)).toBe(true);
    const { token: secret, ...shown } = created;
    expect(shown).toEqual({
      id: expect.stringMatching(/^tok_/),
      name: 'ERP',
      preview: secret.slice(-4),
      workspaceId,
      dialect: 'wisedata',
      scopes: ['contacts.readonly', 'contacts.write'],
      createdAt: expect.any(String),
      lastUsedAt: null,
      expiresAt: null,
    });
    expect((await get(`/tokens/${created.id}`)).json()).toEqual(shown);
    expect((await page(`/tokens?workspaceId=${workspaceId}`)).items).toEqual([shown]);
    expect((await page('/tokens')).items).toContainEqual(shown);
    expect((await page(`/tokens?workspaceId=${UNKNOWN_WORKSPACE}`)).items).toEqual([]);
  });

  test('lets its bearer in, with the terms of the account at this moment', async () => {
    const { token, account, workspaceId } = await newToken({ scopes: ['contacts.readonly'] });
    const info = (await introspect(token.token)).json<TokenInfo>();
    expect(info).toEqual({
      tokenId: token.id,
      workspaceId,
      accountId: account.id,
      name: 'ERP',
      dialect: 'native',
      scopes: ['contacts.readonly'],
      expiresAt: null,
      plan: 'business',
      limits: account.limits,
      apiAccess: account.apiAccess,
    });
    await patch(`/accounts/${account.id}`, { plan: 'free', limits: { native: { readsPerMinute: 1 } } });
    expect((await introspect(token.token)).json()).toMatchObject({
      plan: 'free',
      limits: { native: { readsPerMinute: 1 } },
      apiAccess: [],
    });
  });

  test('that is revoked lets nobody in from the next question on (WD-06, T-15)', async () => {
    const { token, workspaceId } = await newToken();
    expect((await introspect(token.token)).statusCode).toBe(200);
    expect((await del(`/tokens/${token.id}`)).statusCode).toBe(204);
    expect((await introspect(token.token)).statusCode).toBe(404);
    expect((await page(`/tokens?workspaceId=${workspaceId}`)).items).toEqual([]);
    expect((await get(`/tokens/${token.id}`)).statusCode).toBe(404);
    expect((await del(`/tokens/${token.id}`)).statusCode).toBe(404);
  });

  test('of another workspace can neither be seen nor revoked', async () => {
    const { token } = await newToken();
    const { workspaceId: other } = await newToken();
    expect((await get(`/tokens/${token.id}?workspaceId=${other}`)).statusCode).toBe(404);
    expect((await del(`/tokens/${token.id}?workspaceId=${other}`)).statusCode).toBe(404);
    expect((await introspect(token.token)).statusCode).toBe(200);
    expect((await del(`/tokens/${token.id}?workspaceId=${token.workspaceId}`)).statusCode).toBe(204);
  });

  test('that never was is 404', async () => {
    expect((await del(`/tokens/${UNKNOWN_TOKEN}`)).statusCode).toBe(404);
    expect((await introspect('kith_never')).statusCode).toBe(404);
    expect((await del('/tokens/nonsense')).statusCode).toBe(404);
  });

  test('lets nobody in once it has expired', async () => {
    const { token } = await newToken({ expiresAt: new Date(Date.now() + 60_000).toISOString() });
    expect((await introspect(token.token)).statusCode).toBe(200);
    await asOwner(`update tokens set expires_at = now() where id = $1`, [token.id]);
    expect((await introspect(token.token)).statusCode).toBe(404);
    expect((await get(`/tokens/${token.id}`)).statusCode).toBe(200);
    await asOwner(`update tokens set expires_at = $2 where id = $1`, [token.id, token.expiresAt]);
  });

  test('for a workspace that is not there, or already over, is refused, naming both, and leaves no trace', async () => {
    const events = await countEvents();
    const answer = await post('/tokens', {
      name: 'ERP',
      workspaceId: UNKNOWN_WORKSPACE,
      expiresAt: '2020-01-01T00:00:00+01:00',
    });
    expect(answer.statusCode).toBe(422);
    expect(Object.keys(answer.json<{ errors: object }>().errors)).toEqual(['workspaceId', 'expiresAt']);
    expect(await countEvents()).toBe(events);
  });
});

describe('what a token may be', () => {
  const CALLS = Number.MAX_SAFE_INTEGER;
  // In JSON each of its characters takes six.
  const name = '\u0001'.repeat(100);

  test('is told and remembered in two kilobytes at most', async () => {
    const limits = {
      native: { readsPerMinute: CALLS, writesPerMinute: CALLS },
      wisepops: { callsPer30Days: CALLS },
      leadconnector: { callsPer10Seconds: CALLS, callsPerDay: CALLS },
      consuelo: { callsPerMinute: CALLS, callsPerDay: CALLS },
      waply: { callsPerMinute: CALLS },
    };
    const { workspaces } = await newAccount({ limits });
    const answer = await post('/tokens', {
      name,
      workspaceId: workspaces[0]?.id,
      dialect: 'leadconnector',
      scopes: ['contacts.readonly', 'contacts.write', 'webhooks.manage', 'privacy.erase', 'tokens.admin'],
      expiresAt: '9999-12-31T23:59:59.999Z',
    });
    expect(answer.statusCode).toBe(201);
    const { id, token, expiresAt } = answer.json<CreatedToken>();
    expect(expiresAt).toBe('9999-12-31T23:59:59.999Z');
    const { rows } = await pool.query<{ data: string }>(`select data::text from events where stream = $1`, [
      `token-${id}`,
    ]);
    const said = [answer, await get(`/tokens/${id}`), await introspect(token)].map(({ body }) => body);
    for (const text of [...said, rows[0]!.data]) expect(Buffer.byteLength(text)).toBeLessThan(2_048);
  });

  test.each<[string, object, string]>([
    ['more scopes than there are', { scopes: Array(61_669).fill('contacts.write') }, 'scopes'],
    ['more of nothing than there are scopes', { scopes: Array(300_000).fill('') }, 'scopes'],
    ['a scope twice', { scopes: ['contacts.write', 'contacts.write'] }, 'scopes'],
    ['an end beyond what can be written', { expiresAt: '9999-12-31T23:59:59-23:59' }, 'expiresAt'],
  ])('is not %s, which leaves no trace', async (_, asked, field) => {
    const { workspaces } = await newAccount();
    const events = await countEvents();
    const answer = await post('/tokens', { name: 'ERP', workspaceId: workspaces[0]?.id, ...asked });
    expect(answer.statusCode).toBe(422);
    expect(answer.json<{ errors: object }>().errors).toEqual({ [field]: [expect.any(String)] });
    expect(await countEvents()).toBe(events);
  });
});

describe('a workspace with a hundred live tokens', () => {
  const make = (workspaceId: string, asked: object = {}) =>
    post('/tokens', { name: 'One more', workspaceId, ...asked });

  test('gets no other, nor does another way help, and every reason is named; a workspace beside it does (NA-16)', async () => {
    const { workspaceId } = await newToken();
    for (let n = 1; n < 99; n++) expect((await make(workspaceId)).statusCode).toBe(201);
    const last = { name: 'The last', workspaceId };
    expect((await keyed('/tokens', last, 'last')).statusCode).toBe(201);

    const events = await countEvents();
    const refused = await make(workspaceId, { expiresAt: '2020-01-01T00:00:00.000Z' });
    expect(refused.statusCode).toBe(422);
    expect(refused.json<{ errors: object }>().errors).toEqual({
      body: ['A workspace has at most 100 live tokens.'],
      expiresAt: ['Must lie in the future.'],
    });
    expect((await keyed('/tokens', { name: 'As the operator', workspaceId }, 'one more')).statusCode).toBe(422);
    expect(await countEvents()).toBe(events);
    expect((await keyed('/tokens', last, 'last')).headers['idempotency-replayed']).toBe('true');
    expect((await newToken()).token).toHaveProperty('token');

    // One that is revoked makes room, and so does one that has expired.
    const [newest, next] = (await page(`/tokens?workspaceId=${workspaceId}`)).items;
    await del(`/tokens/${newest?.id}`);
    expect((await make(workspaceId)).statusCode).toBe(201);
    expect((await make(workspaceId)).statusCode).toBe(422);
    await asOwner(`update tokens set expires_at = now() where id = $1`, [next?.id]);
    expect((await make(workspaceId)).statusCode).toBe(201);
    await asOwner(`update tokens set expires_at = null where id = $1`, [next?.id]);
  });
});

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

  test('is never a reason to keep a bearer out', async () => {
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

describe('an idempotency key', () => {
  test('opens one account, however often it is used', async () => {
    const asked = { name: 'Once', plan: 'business' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => keyed('/accounts', asked, 'account')));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from(answers, () => 201));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers['idempotency-replayed'] === 'true')).toHaveLength(4);
    const accounts = await everything('/accounts?perPage=7');
    expect(accounts.filter(({ name }) => name === 'Once')).toHaveLength(1);
  });

  test('makes one token, whose secret is in the first answer alone', async () => {
    const { workspaceId } = await newToken();
    const asked = { name: 'Once', workspaceId };
    const { token, ...rest } = (await keyed('/tokens', asked, 'token')).json<CreatedToken>();
    expect((await introspect(token)).statusCode).toBe(200);

    const again = await keyed('/tokens', asked, 'token');
    expect(again.statusCode).toBe(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.json()).toEqual(rest);
    const { items } = await page(`/tokens?workspaceId=${workspaceId}`);
    expect(items.filter(({ name }) => name === 'Once')).toHaveLength(1);
  });

  test('is good for one request, and for one who asks', async () => {
    const asked = { name: 'Twice', plan: 'business' };
    await keyed('/accounts', asked, 'shared');
    expect((await keyed('/accounts', asked, 'shared', 'operator', 'cd')).statusCode).toBe(409);
    const another = await keyed('/accounts', asked, 'shared', UNKNOWN_TOKEN, 'cd');
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

/** As the database's owner, for what the service itself may not do. */
async function asOwner(text: string, values: readonly unknown[] = []) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(text, [...values])).rows as Record<string, string>[];
  } finally {
    await client.end();
  }
}

async function dump(): Promise<string> {
  const tables = await asOwner(`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`);
  const rows = await Promise.all(tables.map(({ name }) => asOwner(`select to_jsonb(t)::text as row from ${name} t`)));
  return rows
    .flat()
    .map(({ row }) => row)
    .join('\n');
}
