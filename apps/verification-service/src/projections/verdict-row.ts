import type { Row } from '@kith/event-store';

import type { Verdict, VerificationState } from '../domain/verification.ts';

/** `verdicts` as pg reads it: a bigint is text. */
export type VerdictRow = {
  readonly id: string;
  readonly workspace_id: string;
  readonly version: number;
  readonly forgotten: boolean;
  readonly email: Verdict | null;
  readonly phone: Verdict | null;
};

/** Keeps `verdicts`: the last verdict on each field of a contact. A forgotten contact keeps only that mark. */
export const verdictRow: Row<VerificationState> = {
  table: 'verdicts',
  idType: 'bigint',
  columns: ['id', 'workspace_id', 'version', 'forgotten', 'email', 'phone'],
  toRow(state) {
    if (state.status === 'absent') return null;
    const { contactId: id, workspaceId: workspace_id, version } = state;
    switch (state.status) {
      case 'known':
        return { id, workspace_id, version, forgotten: false, ...state.verdicts };
      case 'forgotten':
        return { id, workspace_id, version, forgotten: true, email: null, phone: null };
    }
  },
  fromRow({ id, workspace_id: workspaceId, version, forgotten, email, phone }: VerdictRow) {
    const contactId = Number(id);
    return forgotten
      ? { status: 'forgotten', contactId, workspaceId, version }
      : { status: 'known', contactId, workspaceId, version, verdicts: { email, phone } };
  },
};
