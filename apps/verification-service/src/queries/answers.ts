import type { VerifiedField } from '@kith/contracts/contacts';
import { tellAgain } from '@kith/event-store';
import type { Pool } from 'pg';

/** What somebody has had no answer to: a value that is to be checked, or with null an erasure. */
export type Unanswered = {
  readonly contactId: number;
  readonly value: { readonly field: VerifiedField; readonly valueVersion: number } | null;
};

export const answerQueries = (pool: Pool, relay: string) => ({
  /** Tells once more what was answered to these, if it was. What is still being checked is answered in its time. */
  async answerAgain(unanswered: readonly Unanswered[]): Promise<void> {
    if (unanswered.length === 0) return;
    const { rows } = await pool.query<{ stream: string; version: number }>(
      `select e.stream, e.version
         from unnest($1::text[], $2::text[], $3::int[]) as asked (stream, field, value_version)
         join events e on e.stream = asked.stream
        where case when asked.field is null then e.type = 'ContactForgotten'
                   else e.type = 'StatusVerified' and e.data->>'field' = asked.field
                        and (e.data->>'valueVersion')::int = asked.value_version end`,
      [
        unanswered.map(({ contactId }) => `contact-${contactId}`),
        unanswered.map(({ value }) => value?.field),
        unanswered.map(({ value }) => value?.valueVersion),
      ],
    );
    await tellAgain(pool, relay, rows);
  },
});
