import type { Projection } from '@kith/event-store';

import type { AccountState } from './account.ts';

/** Keeps `workspaces`: the account that each belongs to. */
export const workspaces: Projection<AccountState> = (changes) => {
  const added = changes.flatMap(({ id, before, after }) => {
    const known = new Set(workspacesOf(before).map((workspace) => workspace.id));
    return workspacesOf(after)
      .filter((workspace) => !known.has(workspace.id))
      .map((workspace) => ({ ...workspace, account_id: id }));
  });
  if (added.length === 0) return undefined;
  return {
    text: `insert into workspaces (id, account_id, name)
           select id, account_id, name from jsonb_populate_recordset(null::workspaces, $1::jsonb)`,
    values: [JSON.stringify(added)],
  };
};

const workspacesOf = (state: AccountState) => (state.status === 'open' ? state.workspaces : []);
