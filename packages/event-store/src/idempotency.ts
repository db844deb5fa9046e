import { Problem } from '@kith/contracts';
import type { Pool } from 'pg';

import { prepared, type Sql } from './sql.ts';

/** What a request was answered; the body as JSON. */
export type Answer = { readonly status: number; readonly body: unknown };

/** The answer kept for a key, where it was used for this very request. */
export async function keptAnswer(pool: Pool, scope: string, key: string, hash: string): Promise<Answer | undefined> {
  const { rows } = await pool.query<{ hash: string; status: number; body: unknown; erased: boolean }>(
    prepared({
      text: `select encode(hash, 'hex') as hash, status, body, body is null as erased from kept_answers where scope = $1 and key = $2`,
      values: [scope, key],
    }),
  );
  const [kept] = rows;
  if (!kept) return undefined;
  if (kept.hash !== hash) throw new Problem('conflict', 'This Idempotency-Key was used for another request.');
  if (kept.erased) throw new Problem('gone', 'What this request made has been erased.');
  return { status: kept.status, body: kept.body };
}

export const keepAnswer = (kept: {
  scope: string;
  key: string;
  hash: string;
  subject: string;
  answer: Answer;
}): Sql => ({
  text: `insert into kept_answers (scope, key, hash, subject, status, body) values ($1, $2, decode($3, 'hex'), $4, $5, $6::json)`,
  values: [kept.scope, kept.key, kept.hash, kept.subject, kept.answer.status, JSON.stringify(kept.answer.body)],
});

/** Keys are kept for a day. */
export async function forgetOldAnswers(pool: Pool): Promise<void> {
  await pool.query(`delete from kept_answers where kept_at < now() - interval '24 hours'`);
}
