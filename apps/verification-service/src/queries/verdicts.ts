import { Problem } from '@kith/contracts';
import type { Pool } from 'pg';

import type { Verdict } from '../domain/verification.ts';

export type Verdicts = {
  readonly contactId: number;
  readonly version: number;
  readonly email: Verdict | null;
  readonly phone: Verdict | null;
};

export const verdictQueries = (pool: Pool) => ({
  async ofContact(workspaceId: string, contactId: number): Promise<Verdicts> {
    const { rows } = await pool.query<Verdicts>(
      `select version, email, phone from verdicts where workspace_id = $1 and id = $2 and not forgotten`,
      [workspaceId, contactId],
    );
    if (!rows[0]) throw new Problem('not-found', 'This contact has no verdicts.');
    return { ...rows[0], contactId };
  },
});
