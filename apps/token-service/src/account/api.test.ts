import { afterAll, describe, expect, test } from '@jest/globals';
import type { Account } from '@kith/contracts/tokens';

import { UNKNOWN_ACCOUNT, serviceOnDatabase } from '../service.fixture.ts';

const service = await serviceOnDatabase();
afterAll(() => service[Symbol.asyncDispose]());
const { countEvents, everything, get, newAccount, patch, post } = service;

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
  ])('of the plan %s has the terms of that plan', async (plan, apiAccess, limits) => {
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

  test('set to the values it has gets no new event', async () => {
    const limits = { consuelo: { callsPerMinute: 1, callsPerDay: null } };
    const account = await newAccount({ limits });
    const events = await countEvents();
    const { name, plan } = account;
    expect((await patch(`/accounts/${account.id}`, { name, plan, limits })).json()).toEqual(account);
    expect(await countEvents()).toBe(events);
  });

  test('that does not exist is 404, to read and to change', async () => {
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
