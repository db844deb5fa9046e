import { Problem } from '@kith/contracts';

const ATTEMPTS = 3;

/** Does the work once more after a lost race or a lost connection, as often as is reasonable. */
export async function retried<Result>(work: (attempt: number) => Promise<Result>): Promise<Result> {
  for (let n = 1; ; n++) {
    try {
      return await work(n);
    } catch (error) {
      if (!isLostRace(error) && !isLostConnection(error)) throw error;
      if (n < ATTEMPTS) continue;
      if (isLostConnection(error)) throw error;
      throw new Problem('conflict', 'Others kept changing this at the same time.', { cause: error });
    }
  }
}

/** The name of the constraint that a statement violated. A missing value violates one without a name. */
export const violated = (error: unknown): string | undefined =>
  INTEGRITY_VIOLATION.test(codeOf(error)) &&
  Error.isError(error) &&
  'constraint' in error &&
  typeof error.constraint === 'string'
    ? error.constraint
    : undefined;

// SQLSTATE class 23: unique, foreign key, check, exclusion.
const INTEGRITY_VIOLATION = /^23...$/;
const UNIQUE_VIOLATION = '23505';
const RACES = new Set(['events_pkey', 'events_event_id_key', 'data_keys_pkey', 'idempotency_keys_pkey']);

/** Another command was there first. Constraints of the aggregates' own are rules (`Aggregate.refusals`), and trying again is no answer to them. */
const isLostRace = (error: unknown) => codeOf(error) === UNIQUE_VIOLATION && RACES.has(violated(error) ?? '');

/** The write may have happened or not (SQLSTATE class 08, a server going down, a socket cut). */
const isLostConnection = (error: unknown) =>
  /^(08...|57P0[123]|ECONNRESET|EPIPE)$/.test(codeOf(error)) ||
  (Error.isError(error) && error.message.startsWith('Connection terminated'));

const codeOf = (error: unknown) => (Error.isError(error) && 'code' in error ? String(error.code) : '');
