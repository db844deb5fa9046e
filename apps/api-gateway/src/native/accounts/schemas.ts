import { accountId } from '@kith/contracts';
import { account, accountChange as change, newAccount as newAccountBody } from '@kith/contracts/tokens';
import { z } from 'zod';

import { EXAMPLE } from '../examples.ts';

export const accountParams = z.object({ accountId });

export const accountWire = account.meta({
  id: 'Account',
  example: {
    id: EXAMPLE.accountId,
    name: 'Analytical Engines',
    plan: 'business',
    limits: EXAMPLE.limits,
    apiAccess: ['native', 'wisedata'],
    workspaces: [{ id: EXAMPLE.workspaceId, name: 'Analytical Engines' }],
    createdAt: EXAMPLE.time,
    updatedAt: EXAMPLE.time,
  },
});

export const newAccount = newAccountBody.meta({
  example: { name: 'Analytical Engines', plan: 'business', limits: { native: { readsPerMinute: 120 } } },
});
export const accountChange = change.meta({ example: { plan: 'enterprise', limits: null } });
