import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { TokenInfo } from '@kith/contracts/tokens';

import { OPERATOR, serveContacts, testGateway, type TestGateway, tokenInfo } from '../gateway.fixture.ts';
import { memoryRateLimit } from './memory-rate-limit.ts';

const limits = { native: { readsPerMinute: 60, writesPerMinute: 30 } };

let gateway: TestGateway;
let now = 0;
let token: string;
beforeAll(async () => {
  gateway = await testGateway({ rateLimit: memoryRateLimit(() => now) });
  serveContacts(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  token = gateway.token({ limits });
  // The calls of the test before have left the window.
  now += 3_600_000;
});

const read = (as = token, base = '/api/v1') => gateway.call(`${base}/contacts/123`, { as });
const write = (as = token, base = '/api/v1') =>
  gateway.call(`${base}/contact-lists/1/contacts`, { method: 'POST', body: { name: 'Ada' }, as });
const times = async <Answer>(count: number, ask: () => Promise<Answer>): Promise<Answer[]> => {
  const answers = [];
  for (let n = 0; n < count; n++) answers.push(await ask());
  return answers;
};
/** Makes one more read, and answers how many are left. */
const left = async (as = token) => Number((await read(as)).headers['x-ratelimit-remaining']);

describe.each<[string, string, Partial<TokenInfo>]>([
  ['In the native API', '/api/v1', {}],
  ['In WiseData', '/wisedata/api/v1', { dialect: 'wisedata' }],
])('%s', (_, base, changes) => {
  beforeEach(() => {
    token = gateway.token({ limits, ...changes });
  });

  test('the 61st read in a minute is 429, for as long as it says; writes go on (WD-54, WD-55, WD-56, T-8)', async () => {
    const first = await read(token, base);
    now += 20_500;
    const answers = [first, ...(await times(59, () => read(token, base)))];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array<number>(60).fill(200));
    const refused = await read(token, base);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('40');
    expect(refused.json()).toMatchObject({ message: expect.stringContaining('40 seconds') });
    expect((await write(token, base)).statusCode).toBe(201);

    now += 39_000;
    expect((await read(token, base)).statusCode).toBe(429);
    now += 1_000;
    expect((await read(token, base)).statusCode).toBe(200);
  });

  test('the 31st write in a minute is 429 and writes nothing; reads go on (WD-54, WD-55)', async () => {
    gateway.services.calls = [];
    const answers = await times(31, () => write(token, base));
    expect(answers.at(-2)?.statusCode).toBe(201);
    expect(answers.at(-1)?.statusCode).toBe(429);
    expect(answers.at(-1)?.headers['retry-after']).toBe('60');
    expect(gateway.written()).toHaveLength(30);
    expect((await read(token, base)).statusCode).toBe(200);
  });
});

test('Sixty reads cost no write budget (T-8)', async () => {
  await times(60, () => read());
  expect((await write()).headers['x-ratelimit-remaining']).toBe('29');
});

test('Every answer says what is left, in both families of headers (WD-57)', async () => {
  expect((await read()).headers).toMatchObject({
    'x-ratelimit-limit': '60',
    'x-ratelimit-remaining': '59',
    'ratelimit-policy': '"reads";q=60;w=60, "workspace-reads";q=300;w=60',
    ratelimit: '"reads";r=59;t=60, "workspace-reads";r=299;t=60',
  });
  now += 48_000;
  expect((await read()).headers).toMatchObject({
    'x-ratelimit-remaining': '58',
    ratelimit: '"reads";r=58;t=12, "workspace-reads";r=298;t=12',
  });
});

describe('The tokens of a workspace', () => {
  const ofWorkspace = (workspaceId = 'ws_00000000000000000000000042') => gateway.token({ limits, workspaceId });

  test('have five times what one of them has, however many they are', async () => {
    const tokens = Array.from({ length: 8 }, () => ofWorkspace());
    const answers = [];
    for (const as of tokens) answers.push(...(await times(60, () => read(as))));
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect(statuses).toEqual([...Array<number>(300).fill(200), ...Array<number>(180).fill(429)]);
    const refused = answers.at(-1)!;
    expect(refused.headers['retry-after']).toBe('60');
    expect(refused.headers).toMatchObject({
      // The one of the two that is nearer its end.
      'x-ratelimit-limit': '300',
      'x-ratelimit-remaining': '0',
      'ratelimit-policy': '"reads";q=60;w=60, "workspace-reads";q=300;w=60',
      ratelimit: '"reads";r=60;t=0, "workspace-reads";r=0;t=60',
    });
    // Writes are another budget, and another workspace has its own.
    expect((await write(tokens[0])).statusCode).toBe(201);
    expect((await read(ofWorkspace('ws_00000000000000000000000043'))).statusCode).toBe(200);
    now += 60_000;
    expect((await read(tokens[7])).headers['x-ratelimit-limit']).toBe('60');
  });

  test('have no limit together where a single one has none', async () => {
    const unlimited = { native: { readsPerMinute: null, writesPerMinute: 30 } };
    const as = gateway.token({ limits: unlimited, workspaceId: 'ws_00000000000000000000000044' });
    const answers = await times(400, () => read(as));
    expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
    expect((await write(as)).headers['ratelimit-policy']).toBe('"writes";q=30;w=60, "workspace-writes";q=150;w=60');
  });
});

test('A budget belongs to one token, on every mount of its API', async () => {
  const vendor = gateway.token({ limits, dialect: 'wisedata' });
  await read(vendor, '/wisedata/api/v1');
  expect((await read(vendor, '/api/v1')).headers['x-ratelimit-remaining']).toBe('58');
  expect(await left()).toBe(59);
});

test.each<[string, number, Partial<TokenInfo>, string, object]>([
  ['of a contact that does not exist', 404, {}, '/api/v1/contacts/999', {}],
  ['of a path that does not exist', 404, {}, '/api/v1/nothing', {}],
  ['of an invalid query', 422, {}, '/api/v1/contact-lists/1/contacts?page=0', {}],
  ['of a call that needs another scope', 403, { scopes: ['contacts.readonly'] }, '/api/v1/tokens', {}],
  ['of a call for the operator', 403, {}, '/api/v1/accounts', {}],
])('An answer %s (%i) counts, and says what is left', async (_, status, changes, url) => {
  const as = gateway.token({ limits, ...changes });
  const answer = await gateway.call(url, { as });
  expect(answer.statusCode).toBe(status);
  expect(answer.headers['x-ratelimit-remaining']).toBe('59');
  expect(await left(as)).toBe(58);
});

test('A method that is not allowed counts as the write it would be', async () => {
  const answer = await gateway.call('/api/v1/contacts/123', { method: 'POST', body: {}, as: token });
  expect(answer.statusCode).toBe(405);
  expect(answer.headers['x-ratelimit-limit']).toBe('30');
});

test('A refused call does not count: a client that waits as told is let in', async () => {
  await times(60, () => read());
  await times(20, () => read());
  now += 60_000;
  expect(await left()).toBe(59);
});

test('A 401 does not count, and names no budget', async () => {
  const answer = await read(token, '/wisedata/api/v1');
  expect(answer.statusCode).toBe(401);
  expect(answer.headers).not.toHaveProperty('x-ratelimit-limit');
  expect(await left()).toBe(59);
  expect((await gateway.call('/api/v1/contacts/123')).headers).not.toHaveProperty('x-ratelimit-limit');
});

test('A public call does not count', async () => {
  for (const url of ['/healthz', '/openapi.json'])
    expect((await gateway.call(url, { as: token })).headers).not.toHaveProperty('x-ratelimit-limit');
  expect(await left()).toBe(59);
});

test('The operator has no budget', async () => {
  gateway.serve('GET /tokens?page=1&perPage=15', { body: { items: [], total: 0, nextCursor: null } });
  const answers = await times(100, () => gateway.call('/api/v1/tokens', { as: OPERATOR }));
  expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
  expect(answers[0]?.headers).not.toHaveProperty('x-ratelimit-limit');
});

test('A plan without limit refuses nothing and names no limit', async () => {
  const as = gateway.token({ limits: { native: { readsPerMinute: null, writesPerMinute: 1 } } });
  const answers = await times(100, () => read(as));
  expect(answers.every(({ statusCode }) => statusCode === 200)).toBe(true);
  expect(answers[0]?.headers).not.toHaveProperty('x-ratelimit-limit');
  await write(as);
  expect((await write(as)).statusCode).toBe(429);
});

test('A changed plan has its budget at once, less what was used of the old one', async () => {
  const accountId = 'acc_00000000000000000000000779';
  const customer = { ...tokenInfo, limits, accountId, tokenId: 'tok_00000000000000000000000779' };
  const as = gateway.token(customer);
  await times(10, () => read(as));
  gateway.change(as, { ...customer, limits: { native: { readsPerMinute: 12 } } });
  gateway.serve(`PATCH /accounts/${accountId}`, { body: {} });
  await gateway.call(`/api/v1/accounts/${accountId}`, { method: 'PATCH', body: { plan: 'enterprise' }, as: OPERATOR });
  expect((await read(as)).headers).toMatchObject({ 'x-ratelimit-limit': '12', 'x-ratelimit-remaining': '1' });
});

test('A known token is limited also while the services are away', async () => {
  await times(60, () => read());
  gateway.services.away = true;
  expect((await read()).statusCode).toBe(429);
  gateway.services.away = false;
});
