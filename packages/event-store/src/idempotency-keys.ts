import { Problem } from '@kith/contracts';
import type { Pool } from 'pg';

import { repeat } from './repeat.ts';
import { prepared, type Sql } from './postgres/sql.ts';

/** The answer to a request; the body as JSON. */
export type Answer = { readonly status: number; readonly body: unknown };

export type IdempotencyKey = {
  /** The token that the client sent. Each token has keys of its own. */
  readonly scope: string;
  /** The client's key as a SHA-256 in hex. It is kept nowhere in clear: it may be somebody's address. */
  readonly key: string;
  /** A SHA-256 in hex of the method, the path and the body: the same key for another request is refused. */
  readonly hash: string;
};

/** The answer kept for a key, where it was used for this very request. */
export async function readIdempotencyKey(
  pool: Pool,
  { scope, key, hash }: IdempotencyKey,
): Promise<Answer | undefined> {
  const { rows } = await pool.query<{ hash: string; status: number; body: unknown; erased: boolean }>(
    prepared({
      text: `select encode(hash, 'hex') as hash, status, body, body is null as erased from idempotency_keys where scope = $1 and key = decode($2, 'hex')`,
      values: [scope, key],
    }),
  );
  const [kept] = rows;
  if (!kept) return undefined;
  if (kept.hash !== hash) throw new Problem('conflict', 'This Idempotency-Key was used for another request.');
  if (kept.erased) throw new Problem('gone', 'What this request made has been erased.');
  return { status: kept.status, body: kept.body };
}

export const storeIdempotencyKey = (
  { scope, key, hash }: IdempotencyKey,
  subject: string | undefined,
  answer: Answer,
): Sql => ({
  text: `insert into idempotency_keys (scope, key, hash, subject, status, body) values ($1, decode($2, 'hex'), decode($3, 'hex'), $4, $5, $6::json)`,
  values: [scope, key, hash, subject ?? null, answer.status, JSON.stringify(answer.body)],
});

const EVERY_MS = 60_000;
const BATCH = 5_000;

type Options = { readonly onError: (error: unknown) => void; readonly everyMs?: number };

/** Forgets each key, and what was answered under it, a day after its use. Every replica may do so. */
export const startForgettingIdempotencyKeys = (pool: Pool, { onError, everyMs = EVERY_MS }: Options): AsyncDisposable =>
  repeat(async () => (await forgetSome(pool)) === BATCH, { everyMs, onError });

/** The number of keys that it forgot: a batch at most, so that no statement takes long after a service was away for days. */
async function forgetSome(pool: Pool): Promise<number | null> {
  const { rowCount } = await pool.query(
    `delete from idempotency_keys
      where (scope, key) in (select scope, key from idempotency_keys
                              where created_at < now() - interval '24 hours' order by created_at limit ${BATCH})`,
  );
  return rowCount;
}
