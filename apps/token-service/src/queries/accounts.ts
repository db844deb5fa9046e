import { type Account, Problem } from '@kith/contracts';
import type { Pool } from 'pg';

import type { OpenAccount } from '../domain/account.ts';
import { effectiveTerms, type Terms } from '../domain/terms.ts';
import { accountOf, type AccountRow } from '../projections/account-row.ts';

/** An account as it is told, its plan's terms with its own over them. */
export function toAccount(state: OpenAccount, terms: Terms): Account {
  const { id, name, plan, workspaces, createdAt, updatedAt } = state;
  return {
    id,
    name,
    plan,
    ...effectiveTerms(terms, state),
    workspaces: [...workspaces],
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

const ACCOUNTS = `
  select a.*, p.limits as "planLimits", p.api_access as "planApiAccess"
    from accounts a join plans p on p.name = a.plan`;

type Found = AccountRow & { readonly planLimits: Terms['limits']; readonly planApiAccess: Terms['apiAccess'] };

const fromFound = ({ planLimits, planApiAccess, ...row }: Found) =>
  toAccount(accountOf(row), { limits: planLimits, apiAccess: planApiAccess });

export const accountQueries = (pool: Pool) => ({
  async all(): Promise<Account[]> {
    const { rows } = await pool.query<Found>(`${ACCOUNTS} order by a.created_at, a.id`);
    return rows.map(fromFound);
  },

  async byId(id: string): Promise<Account> {
    const { rows } = await pool.query<Found>(`${ACCOUNTS} where a.id = $1`, [id]);
    if (!rows[0]) throw new Problem('not-found', 'No such account.');
    return fromFound(rows[0]);
  },

  async hasWorkspace(id: string): Promise<boolean> {
    const { rowCount } = await pool.query(`select from workspaces where id = $1`, [id]);
    return rowCount === 1;
  },
});
