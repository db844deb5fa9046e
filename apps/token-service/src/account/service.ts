import { commandHandler } from '@kith/event-store';
import type { Pool } from 'pg';

import { account, accountEvent } from './account.ts';
import { accountQueries } from './queries.ts';
import { accountRow } from './row.ts';
import { workspaces } from './workspaces.ts';

export const accountAggregate = {
  category: 'account',
  decider: account,
  schema: accountEvent,
  row: accountRow,
  projections: [workspaces],
};

export const accountService = (pool: Pool, onAppended: () => void) => ({
  ...commandHandler(pool, accountAggregate, { onAppended }),
  ...accountQueries(pool),
});
