import type { Row } from '@kith/event-store';

import type { ActiveList, ContactListState } from './list.ts';

export type ContactListRow = {
  readonly id: string;
  readonly workspace_id: string;
  readonly version: number;
  readonly name: string;
  readonly created_at: Date;
  readonly updated_at: Date;
};

/** Keeps `contact_lists`, the whole state of each list. */
export const contactListRow: Row<ContactListState> = {
  table: 'contact_lists',
  idType: 'bigint',
  columns: ['id', 'workspace_id', 'version', 'name', 'created_at', 'updated_at'],

  toRow(state) {
    if (state.status !== 'active') return null;
    const { id, workspaceId, version, name, createdAt, updatedAt } = state;
    return { id, workspace_id: workspaceId, version, name, created_at: createdAt, updated_at: updatedAt };
  },

  fromRow: contactListOf,
};

/** The state that a row holds. */
export function contactListOf(row: ContactListRow): ActiveList {
  return {
    status: 'active',
    id: Number(row.id),
    workspaceId: row.workspace_id,
    version: row.version,
    name: row.name,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
