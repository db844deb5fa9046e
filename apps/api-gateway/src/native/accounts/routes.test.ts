import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { account, OPERATOR, serveContacts, testGateway, type TestGateway, tokenInfo } from '../../gateway.fixture.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await testGateway();
  serveContacts(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const get = (path: string, as: string) => gateway.call(`/api/v1${path}`, { as });

test('A token whose account changes its plan goes by the new plan at once', async () => {
  const accountId = 'acc_00000000000000000000000777';
  const changing = { tokenId: 'tok_00000000000000000000000778', accountId };
  const customer = gateway.token(changing);
  expect((await get('/contact-lists/all', customer)).statusCode).toBe(200);
  gateway.change(customer, { ...tokenInfo, ...changing, plan: 'free', apiAccess: [] });
  gateway.serve(`PATCH /accounts/${accountId}`, { body: account });
  const body = { plan: 'free' };
  await gateway.call(`/api/v1/accounts/${accountId}`, { method: 'PATCH', body, as: OPERATOR });
  expect((await get('/contact-lists/all', customer)).statusCode).toBe(403);
});
