import { commandHandler } from '@kith/event-store';
import type { Pool } from 'pg';

import { contactList, contactListEvent } from './list.ts';
import { contactListQueries } from './queries.ts';
import { contactListRow } from './row.ts';
import { deletedLists, unlistQueries } from './unlist.ts';

export const contactListAggregate = {
  category: 'list',
  decider: contactList,
  schema: contactListEvent,
  row: contactListRow,
  projections: [deletedLists],
};

export const contactListService = (pool: Pool, onAppended: () => void) => ({
  ...commandHandler(pool, contactListAggregate, { onAppended }),
  ...contactListQueries(pool),
  ...unlistQueries(pool),
});
