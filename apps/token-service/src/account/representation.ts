import type { Account } from '@kith/contracts/tokens';

import { effectiveTerms, type Terms } from '../plan/terms.ts';
import type { OpenAccount } from './account.ts';

/** An account as the internal HTTP API shows it: its own terms stand over its plan's. */
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
