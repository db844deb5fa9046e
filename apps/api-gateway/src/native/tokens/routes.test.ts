import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { OPERATOR, serveContacts, testGateway, type TestGateway, tokenInfo } from '../../gateway.fixture.ts';

let gateway: TestGateway;
let token: string;
beforeAll(async () => {
  gateway = await testGateway();
  serveContacts(gateway);
  const body = { items: [], total: 0, nextCursor: null };
  gateway.serve(`GET /tokens?page=1&perPage=15&workspaceId=${tokenInfo.workspaceId}`, { body });
  token = gateway.token();
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  gateway.services.calls = [];
});

const get = (path: string, as: string | null = token) => gateway.call(`/api/v1${path}`, { as });
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  gateway.call(`/api/v1${path}`, { method: 'POST', body, headers, as: token });

describe('The operator', () => {
  test('makes a token for the workspace that the request names, and must name one', async () => {
    gateway.serve('POST /tokens', { status: 201, body: { id: tokenInfo.tokenId, token: 'kith_…' } });
    const make = (body: object) => gateway.call('/api/v1/tokens', { method: 'POST', body, as: OPERATOR });
    const { workspaceId } = tokenInfo;
    const made = await make({ name: 'CRM integration', workspaceId });
    expect(made.statusCode).toBe(201);
    expect(made.json()).toMatchObject({ data: { token: 'kith_…' } });
    expect(gateway.written()[0]?.body).toMatchObject({ workspaceId, scopes: ['contacts.readonly', 'contacts.write'] });
    const refused = await make({ name: '' });
    expect(Object.keys(refused.json<{ errors: object }>().errors).toSorted()).toEqual(['name', 'workspaceId']);
  });
});

describe('A token with tokens.admin', () => {
  test('reads and makes tokens of its own workspace', async () => {
    expect((await get('/tokens')).statusCode).toBe(200);
    expect(gateway.services.calls.at(-1)?.call).toBe(
      `GET /tokens?page=1&perPage=15&workspaceId=${tokenInfo.workspaceId}`,
    );
    expect((await post('/tokens', { name: 'Second' })).statusCode).toBe(201);
    expect(gateway.written().at(-1)?.body).toMatchObject({ workspaceId: tokenInfo.workspaceId });
  });

  test.each<[string, object, string[]]>([
    ['a scope that it lacks', { name: 'Second', scopes: ['contacts.readonly', 'webhooks.manage'] }, ['scopes']],
    ['a scope that it lacks, and an empty name,', { name: '', scopes: ['webhooks.manage'] }, ['name', 'scopes']],
    ['a scope that does not exist', { name: 'Second', scopes: ['everything'] }, ['scopes.0']],
  ])('gives nobody more than it has: a request for %s is refused, each field named', async (_, body, fields) => {
    const answer = await post('/tokens', body);
    expect(answer.statusCode).toBe(422);
    expect(Object.keys(answer.json<{ errors: object }>().errors).toSorted()).toEqual(fields);
    expect(gateway.written()).toEqual([]);
  });

  test('gives away no default scope that it lacks', async () => {
    const as = gateway.token({ scopes: ['tokens.admin'] });
    const answer = await gateway.call('/api/v1/tokens', { method: 'POST', body: { name: 'Second' }, as });
    expect(answer.json()).toMatchObject({
      status: 422,
      errors: { scopes: [expect.stringContaining('contacts.readonly'), expect.stringContaining('contacts.write')] },
    });
  });

  describe('that ends', () => {
    const end = '2999-01-01T00:00:00.000Z';
    const make = (body: object) =>
      gateway.call('/api/v1/tokens', { method: 'POST', body, as: gateway.token({ expiresAt: end }) });

    test.each<[string, object, string]>([
      ['one that ends before it', { expiresAt: '2998-12-31T23:59:59Z' }, '2998-12-31T23:59:59Z'],
      ['one that ends with it', { expiresAt: '2999-01-01T01:00:00+01:00' }, '2999-01-01T01:00:00+01:00'],
      ['one that ends with it where the request names no end', {}, end],
    ])('makes %s', async (_, asked, expiresAt) => {
      const answer = await make({ name: 'Second', ...asked });
      expect([answer.statusCode, gateway.written().at(-1)?.body]).toMatchObject([201, { expiresAt }]);
    });

    test.each<[string, object, string[]]>([
      ['for ever', { name: 'Second', expiresAt: null }, ['expiresAt']],
      ['a millisecond longer', { name: 'Second', expiresAt: '2999-01-01T00:00:00.001Z' }, ['expiresAt']],
      ['longer, by its offset', { name: 'Second', expiresAt: '2998-12-31T23:59:59-00:01' }, ['expiresAt']],
      [
        'for ever, and names everything else that is wrong',
        { scopes: ['privacy.erase'], expiresAt: null },
        ['expiresAt', 'name', 'scopes'],
      ],
      ['until what is no time', { name: 'Second', expiresAt: 'soon' }, ['expiresAt']],
    ])('makes none that lives on %s', async (_, body, fields) => {
      const answer = await make(body);
      expect(answer.statusCode).toBe(422);
      expect(Object.keys(answer.json<{ errors: object }>().errors).toSorted()).toEqual(fields);
      expect(gateway.written()).toEqual([]);
    });

    test('is refused with the field body alone where the body is no object', async () => {
      const answer = await make([]);
      expect([answer.statusCode, Object.keys(answer.json<{ errors: object }>().errors)]).toEqual([422, ['body']]);
    });
  });

  test('is told of a hundred complaints, and how many more there are', async () => {
    const members = Array.from({ length: 200 }, (_, n) => [`field-${n}`, 1]);
    const answer = await post('/tokens', { name: 'Second', ...Object.fromEntries(members) });
    const { message, errors } = answer.json<{ message: string; errors: object }>();
    expect([answer.statusCode, Object.keys(errors).length]).toEqual([422, 100]);
    expect(message).toBe('The given data is invalid. 100 more complaints are left out.');
  });

  test('reaches no other workspace: another one does not exist for it (T-7)', async () => {
    const workspaceId = 'ws_00000000000000000000000009';
    expect((await get(`/tokens?workspaceId=${workspaceId}`)).statusCode).toBe(404);
    expect((await post('/tokens', { name: 'Second', workspaceId })).statusCode).toBe(404);
    expect(gateway.written()).toEqual([]);
  });
});

describe('A token revoked at this gateway', () => {
  test('is refused on its next request (WD-06, T-15)', async () => {
    const victim = gateway.token({ tokenId: 'tok_00000000000000000000000777' });
    expect((await get('/contact-lists/all', victim)).statusCode).toBe(200);
    gateway.revoke(victim);
    expect((await get('/contact-lists/all', victim)).statusCode).toBe(200);
    gateway.serve('DELETE /tokens/tok_00000000000000000000000777', { status: 204 });
    const answer = await gateway.call('/api/v1/tokens/tok_00000000000000000000000777', {
      method: 'DELETE',
      as: OPERATOR,
    });
    expect(answer.statusCode).toBe(200);
    expect((await get('/contact-lists/all', victim)).statusCode).toBe(401);
  });
});
