import type { Limits } from '@kith/contracts/tokens';

import type { Window } from './rate-limit.ts';

/** The part of a request that decides which budget it counts against. */
export type CountedCall = { readonly method: string; readonly reads?: true | undefined };

/** The windows that one call counts against, by the limits of its account. */
export type Windows = (limits: Limits, call: CountedCall) => readonly Window[];

/**
 * The limits that WiseData's document promises (WD-55), for an account that may call the API but has no limits set: an operator who
 * wants no limit says `null`, and what was forgotten must not come to the same.
 */
const DOCUMENTED = { readsPerMinute: 60, writesPerMinute: 30 };

const READING = new Set(['GET', 'HEAD']);

/** WD-55, T-8: two budgets, which do not touch. Natively as well, where some POSTs only read. */
export const readsAndWrites: Windows = ({ native }, { method, reads = READING.has(method) }) => {
  const [name, window] = reads ? (['reads', 'readsPerMinute'] as const) : (['writes', 'writesPerMinute'] as const);
  const { [window]: limit = DOCUMENTED[window] } = native ?? {};
  return [{ name, seconds: 60, limit }];
};
