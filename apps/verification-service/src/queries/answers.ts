import type { VerifiedField } from '@kith/contracts/contacts';
import { tellAgain } from '@kith/event-store';
import type { Pool } from 'pg';

/** A question without an answer: a value to check, or an erasure where `value` is null. */
export type Unanswered = {
  readonly contactId: number;
  readonly value: { readonly field: VerifiedField; readonly valueVersion: number } | null;
};

export const answerQueries = (pool: Pool, relay: string) => ({
  /** Publishes the answers to these once more. A value that is still being checked is answered in its time. */
  async answerAgain(unanswered: readonly Unanswered[]): Promise<void> {
    if (unanswered.length === 0) return;
    const { rows } = await pool.query<{ stream: string; version: number }>(
      `select e.stream, e.version
         from unnest($1::text[], $2::text[], $3::int[]) as question (stream, field, value_version)
         join events e on e.stream = question.stream
        where case when question.field is null then e.type = 'ContactForgotten'
                   else e.type = 'StatusVerified' and e.data->>'field' = question.field
                        and (e.data->>'valueVersion')::int = question.value_version end`,
      [
        unanswered.map(({ contactId }) => `contact-${contactId}`),
        unanswered.map(({ value }) => value?.field),
        unanswered.map(({ value }) => value?.valueVersion),
      ],
    );
    await tellAgain(pool, relay, rows);
  },
});
