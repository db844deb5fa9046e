import type { DialectName } from '@kith/contracts';
import type { Limits, PlanName } from '@kith/contracts/tokens';
import type { Row } from '@kith/event-store';

import type { AccountState, OpenAccount } from './account.ts';

export type AccountRow = {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly plan: PlanName;
  readonly limits: Limits | null;
  readonly api_access: DialectName[] | null;
  readonly workspaces: OpenAccount['workspaces'];
  readonly created_at: Date;
  readonly updated_at: Date;
};

/** Keeps `accounts`, the whole state of each account. */
export const accountRow: Row<AccountState> = {
  table: 'accounts',
  columns: ['id', 'version', 'name', 'plan', 'limits', 'api_access', 'workspaces', 'created_at', 'updated_at'],

  toRow(state) {
    if (state.status === 'absent') return null;
    const { status: _, apiAccess, createdAt, updatedAt, ...same } = state;
    return { ...same, api_access: apiAccess, created_at: createdAt, updated_at: updatedAt };
  },

  fromRow: accountOf,
};

/** The state that a row holds. */
export function accountOf(row: AccountRow): OpenAccount {
  const { id, version, name, plan, limits, workspaces } = row;
  return {
    status: 'open',
    id,
    version,
    name,
    plan,
    limits,
    workspaces,
    apiAccess: row.api_access,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
