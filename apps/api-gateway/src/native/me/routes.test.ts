import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { testGateway, type TestGateway, tokenInfo } from '../../gateway.fixture.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe('GET /me', () => {
  test.each([null, '2999-01-01T00:00:00.000Z'])('shows the token, its rights and its end: %s', async (expiresAt) => {
    const tokenId = 'tok_00000000000000000000000999';
    const as = gateway.token({ tokenId, expiresAt, scopes: ['webhooks.manage'] });
    const answer = await gateway.call('/api/v1/me', { as });
    const { name, dialect, workspaceId, plan, limits } = tokenInfo;
    expect(answer.json()).toEqual({
      data: { id: tokenId, name, dialect, scopes: ['webhooks.manage'], workspaceId, expiresAt, plan, limits },
    });
  });
});
