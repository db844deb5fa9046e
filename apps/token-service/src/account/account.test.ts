import { describe, expect, test } from '@jest/globals';
import { readsAsStored, specify } from '@kith/event-store/testing';

import golden from './golden.json' with { type: 'json' };
import { account, accountEvent, type AccountCommand, type AccountEvent } from './account.ts';
import type { Plans, Terms } from '../plan/terms.ts';

const given = specify(account);

const nothing: Terms = { limits: {}, apiAccess: [] };
const business: Terms = {
  limits: { native: { readsPerMinute: 60, writesPerMinute: 30 } },
  apiAccess: ['native', 'wisedata'],
};
const plans: Plans = { free: nothing, pro: nothing, business, enterprise: nothing };

const workspace = { id: 'ws_1', name: 'Acme' };
const ofPlan = { limits: null, apiAccess: null };
const created: AccountEvent = {
  type: 'AccountCreated',
  data: { accountId: 'acc_1', name: 'Acme', plan: 'free', ...ofPlan, workspace },
};
const upgraded: AccountEvent = {
  type: 'AccountPlanChanged',
  data: { plan: 'business', ...ofPlan, effective: { limits: business.limits, apiAccess: [...business.apiAccess] } },
};
const slowed: AccountEvent = {
  type: 'AccountPlanChanged',
  data: {
    plan: 'business',
    limits: { native: { readsPerMinute: 5 } },
    apiAccess: null,
    effective: {
      limits: { native: { readsPerMinute: 5, writesPerMinute: 30 } },
      apiAccess: ['native', 'wisedata'],
    },
  },
};

const change = (changes: Partial<Extract<AccountCommand, { type: 'ChangeAccount' }>>): AccountCommand => ({
  type: 'ChangeAccount',
  name: undefined,
  plan: undefined,
  limits: undefined,
  apiAccess: undefined,
  plans,
  ...changes,
});

describe('creating an account', () => {
  const create: AccountCommand = {
    type: 'CreateAccount',
    id: 'acc_1',
    name: 'Acme',
    plan: 'free',
    ...ofPlan,
    workspace,
  };

  test('gives it a plan and a first workspace', () => {
    given().when(create).emits(created);
  });

  test('is refused a second time', () => {
    given(created).when(create).rejects({ kind: 'conflict' });
  });
});

describe('changing an account', () => {
  test('is refused where it does not exist', () => {
    given()
      .when(change({ name: 'Acme' }))
      .rejects({ kind: 'not-found' });
  });

  test('renames it', () => {
    given(created)
      .when(change({ name: 'Acme Inc.' }))
      .emits({ type: 'AccountRenamed', data: { name: 'Acme Inc.' } });
  });

  test('moves it to another plan, with what that plan allows', () => {
    given(created)
      .when(change({ plan: 'business' }))
      .emits(upgraded);
  });

  test('gives it a limit of its own, over the plan’s', () => {
    given(created, upgraded)
      .when(change({ limits: { native: { readsPerMinute: 5 } } }))
      .emits(slowed);
  });

  test('takes its own limit away again', () => {
    given(created, upgraded, slowed)
      .when(change({ limits: null }))
      .emits(upgraded);
  });

  test('to the values it has changes nothing', () => {
    given(created, upgraded, slowed)
      .when(change({ name: 'Acme', plan: 'business', limits: { native: { readsPerMinute: 5 } } }))
      .emitsNothing();
  });

  test('in name and plan at once records both', () => {
    given(created)
      .when(change({ name: 'Acme Inc.', plan: 'business' }))
      .emits({ type: 'AccountRenamed', data: { name: 'Acme Inc.' } }, upgraded);
  });
});

// The golden events lie in somebody's database: they gain new events and new forms, and none of them is changed.
describe('An account, from the events that were ever stored,', () => {
  const states = readsAsStored(accountEvent, account, golden);

  test('folds to the state it had', () => {
    expect(states.at(-1)).toMatchObject({
      status: 'open',
      id: 'acc_01jcn3q8m7x5v9t2r4k6w8y0cd',
      version: 3,
      name: 'Example Inc',
      plan: 'business',
      limits: { native: { readsPerMinute: 600 }, waply: { callsPerMinute: null } },
      apiAccess: ['native', 'wisedata', 'wisepops', 'leadconnector', 'consuelo', 'waply'],
      workspaces: [{ id: 'ws_01jcn3q8m7x5v9t2r4k6w8y0ab', name: 'Example' }],
    });
  });
});
