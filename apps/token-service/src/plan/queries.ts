import type { PlanName } from '@kith/contracts/tokens';
import type { Pool } from 'pg';

import type { Plans, Terms } from './terms.ts';

export const planQueries = (pool: Pool) => ({
  async all(): Promise<Plans> {
    const { rows } = await pool.query<Terms & { name: PlanName }>(
      `select name, limits, api_access as "apiAccess" from plans`,
    );
    return Object.fromEntries(rows.map(({ name, ...terms }) => [name, terms])) as Plans;
  },
});
