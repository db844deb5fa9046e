import { commandHandler } from '@kith/event-store';
import type { Pool } from 'pg';

import { tokenQueries } from './queries.ts';
import { tokenRow } from './row.ts';
import { token, tokenEvent } from './token.ts';
import { tokenUses } from './uses.ts';

export const tokenAggregate = { category: 'token', decider: token, schema: tokenEvent, row: tokenRow };

export const tokenService = (pool: Pool, onAppended: () => void) => ({
  ...commandHandler(pool, tokenAggregate, { onAppended }),
  ...tokenQueries(pool),
  ...tokenUses(pool),
});
