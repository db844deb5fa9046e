import type { Pool } from 'pg';

import { accountService } from './account/service.ts';
import { planQueries } from './plan/queries.ts';
import { tokenService } from './token/service.ts';

export type Services = ReturnType<typeof services>;

export const services = (pool: Pool, onAppended: () => void = () => {}) => ({
  accounts: accountService(pool, onAppended),
  plans: planQueries(pool),
  tokens: tokenService(pool, onAppended),
});
