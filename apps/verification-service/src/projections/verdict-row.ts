import type { Row } from '@kith/event-store';

import type { Verdict, Verification } from '../domain/verification.ts';

/** `verdicts` as pg reads it: a bigint is text. */
export type VerdictRow = {
  readonly id: string;
  readonly workspace_id: string;
  readonly version: number;
  readonly email: Verdict | null;
  readonly phone: Verdict | null;
};

/** Keeps `verdicts`: of each contact, the last one on each field. */
export const verdictRow: Row<Verification> = {
  table: 'verdicts',
  idType: 'bigint',
  columns: ['id', 'workspace_id', 'version', 'email', 'phone'],
  toRow(state) {
    if (state.status === 'absent') return null;
    const { contactId, workspaceId, version, verdicts } = state;
    return { id: contactId, workspace_id: workspaceId, version, email: verdicts.email, phone: verdicts.phone };
  },
  fromRow: ({ id, workspace_id: workspaceId, version, email, phone }: VerdictRow) => ({
    status: 'known',
    contactId: Number(id),
    workspaceId,
    version,
    verdicts: { email, phone },
  }),
};
