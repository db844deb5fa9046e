import { describe, expect, test } from '@jest/globals';
import { readsAsStored } from '@kith/event-store/testing';

import { account, accountEvent } from './account/account.ts';
import goldenAccount from './account/golden.json' with { type: 'json' };
import goldenToken from './token/golden.json' with { type: 'json' };
import { token, tokenEvent } from './token/token.ts';

// What the golden files show lies in somebody's database: they gain new events and new forms, and nothing in them is changed.

describe('an account, from events as they were ever stored', () => {
  const states = readsAsStored(accountEvent, account, goldenAccount);

  test('it becomes what it was', () => {
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

describe('a token, from events as they were ever stored', () => {
  const states = readsAsStored(tokenEvent, token, goldenToken);

  test('it becomes what it was', () => {
    expect(states.at(-1)).toMatchObject({
      status: 'revoked',
      id: 'tok_01jcn3q8m7x5v9t2r4k6w8y0ef',
      version: 2,
      workspaceId: 'ws_01jcn3q8m7x5v9t2r4k6w8y0ab',
      hash: '5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9',
      expiresAt: new Date('2027-11-21T08:00:00.000Z'),
    });
  });
});
