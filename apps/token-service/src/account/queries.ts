import { accountId, type Page, type PageQuery, Problem } from '@kith/contracts';
import type { Account } from '@kith/contracts/tokens';
import { type Collection, moment, pageOf } from '@kith/event-store';
import type { Pool } from 'pg';
import { z } from 'zod';

import type { Terms } from '../plan/terms.ts';
import { toAccount } from './representation.ts';
import { accountOf, type AccountRow } from './row.ts';

type Found = AccountRow & { readonly planLimits: Terms['limits']; readonly planApiAccess: Terms['apiAccess'] };

const ACCOUNTS: Collection<Found> = {
  columns: 'a.*, p.limits as "planLimits", p.api_access as "planApiAccess"',
  from: 'accounts a join plans p on p.name = a.plan',
  where: 'true',
  values: [],
  orderedBy: ['a.created_at', 'a.id'],
  order: 'asc',
  positionOf: ({ created_at: createdAt, id }) => [createdAt, id],
  position: z.tuple([moment, accountId]),
};

const fromFound = ({ planLimits, planApiAccess, ...row }: Found) =>
  toAccount(accountOf(row), { limits: planLimits, apiAccess: planApiAccess });

export const accountQueries = (pool: Pool) => ({
  async page(query: PageQuery): Promise<Page<Account>> {
    const page = await pageOf(pool, ACCOUNTS, query);
    return { ...page, items: page.items.map(fromFound) };
  },

  async byId(id: string): Promise<Account> {
    const { rows } = await pool.query<Found>(`select ${ACCOUNTS.columns} from ${ACCOUNTS.from} where a.id = $1`, [id]);
    if (!rows[0]) throw new Problem('not-found', 'No such account.');
    return fromFound(rows[0]);
  },
});
