import { commandHandler } from '@kith/event-store';
import type { Pool } from 'pg';

import { account, accountEvent } from './account/account.ts';
import { token, tokenEvent } from './token/token.ts';
import { accountRow } from './account/row.ts';
import { tokenRow } from './token/row.ts';
import { workspaces } from './account/workspaces.ts';
import { accountQueries } from './account/queries.ts';
import { planQueries } from './plan/queries.ts';
import { tokenQueries } from './token/queries.ts';
import { tokenUses } from './token/uses.ts';

export const accountAggregate = {
  category: 'account',
  decider: account,
  schema: accountEvent,
  row: accountRow,
  projections: [workspaces],
};
export const tokenAggregate = { category: 'token', decider: token, schema: tokenEvent, row: tokenRow };

export type Services = ReturnType<typeof services>;

export const services = (pool: Pool, onAppended: () => void = () => {}) => ({
  accounts: commandHandler(pool, accountAggregate, { onAppended }),
  tokens: commandHandler(pool, tokenAggregate, { onAppended }),
  queries: { accounts: accountQueries(pool), plans: planQueries(pool), tokens: tokenQueries(pool) },
  uses: tokenUses(pool),
});
