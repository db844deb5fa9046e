import { afterAll, describe, expect, test } from '@jest/globals';
import { type CreatedToken, isWellFormedToken, type TokenInfo } from '@kith/contracts/tokens';

import { UNKNOWN_ACCOUNT, UNKNOWN_TOKEN, UNKNOWN_WORKSPACE, serviceOnDatabase } from '../service.fixture.ts';

const service = await serviceOnDatabase();
afterAll(() => service[Symbol.asyncDispose]());
const { asOwner, countEvents, del, everything, get, introspect, keyed, newAccount, newToken, page, patch, pool, post } =
  service;

describe('tokens', () => {
  test('come newest first, page by page, whatever is created and revoked meanwhile', async () => {
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

  test('of the same moment are shown once each', async () => {
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
  test('shows its secret once, and afterwards its last digits, its creation and its last use (WD-05)', async () => {
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

  test('is introspected with the current terms of its account', async () => {
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

  test('that is revoked is refused on its next introspection (WD-06, T-15)', async () => {
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

  test('that does not exist is 404', async () => {
    expect((await del(`/tokens/${UNKNOWN_TOKEN}`)).statusCode).toBe(404);
    expect((await introspect('kith_never')).statusCode).toBe(404);
    expect((await del('/tokens/nonsense')).statusCode).toBe(404);
  });

  test('is refused once it has expired', async () => {
    const { token } = await newToken({ expiresAt: new Date(Date.now() + 60_000).toISOString() });
    expect((await introspect(token.token)).statusCode).toBe(200);
    await asOwner(`update tokens set expires_at = now() where id = $1`, [token.id]);
    expect((await introspect(token.token)).statusCode).toBe(404);
    expect((await get(`/tokens/${token.id}`)).statusCode).toBe(200);
    await asOwner(`update tokens set expires_at = $2 where id = $1`, [token.id, token.expiresAt]);
  });

  test('for an unknown workspace and with an end in the past is refused for both reasons, and leaves no trace', async () => {
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

describe('a token’s size', () => {
  const CALLS = Number.MAX_SAFE_INTEGER;
  // JSON writes each of these characters as six.
  const name = '\u0001'.repeat(100);

  test('is two kilobytes at most, in every answer and event', async () => {
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
    const bodies = [answer, await get(`/tokens/${id}`), await introspect(token)].map(({ body }) => body);
    for (const text of [...bodies, rows[0]!.data]) expect(Buffer.byteLength(text)).toBeLessThan(2_048);
  });

  test.each<[string, object, string]>([
    ['more scopes than there are', { scopes: Array(61_669).fill('contacts.write') }, 'scopes'],
    ['more of nothing than there are scopes', { scopes: Array(300_000).fill('') }, 'scopes'],
    ['a scope twice', { scopes: ['contacts.write', 'contacts.write'] }, 'scopes'],
    ['an end beyond what can be written', { expiresAt: '9999-12-31T23:59:59-23:59' }, 'expiresAt'],
  ])('is bounded: %s is refused, and leaves no trace', async (_, changes, field) => {
    const { workspaces } = await newAccount();
    const events = await countEvents();
    const answer = await post('/tokens', { name: 'ERP', workspaceId: workspaces[0]?.id, ...changes });
    expect(answer.statusCode).toBe(422);
    expect(answer.json<{ errors: object }>().errors).toEqual({ [field]: [expect.any(String)] });
    expect(await countEvents()).toBe(events);
  });
});

describe('a workspace with a hundred live tokens', () => {
  const make = (workspaceId: string, changes: object = {}) =>
    post('/tokens', { name: 'One more', workspaceId, ...changes });

  test('gets no other one by any way, and every reason is named; another workspace does (NA-16)', async () => {
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

    // A revoked token makes room, and so does an expired one.
    const [newest, next] = (await page(`/tokens?workspaceId=${workspaceId}`)).items;
    await del(`/tokens/${newest?.id}`);
    expect((await make(workspaceId)).statusCode).toBe(201);
    expect((await make(workspaceId)).statusCode).toBe(422);
    await asOwner(`update tokens set expires_at = now() where id = $1`, [next?.id]);
    expect((await make(workspaceId)).statusCode).toBe(201);
    await asOwner(`update tokens set expires_at = null where id = $1`, [next?.id]);
  });
});
