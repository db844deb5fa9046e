import { repeat } from '@kith/event-store';

import type { Services } from '../services.ts';

const EVERY_MS = 1_000;
/** Analyzing takes a tenth of a session's time, however many contacts are erased. */
const REST = 9;

type Options = Pick<Services, 'erasures'> & { readonly onError: (error: unknown) => void };

/** Makes the planner's statistics anew after an erasure: they would quote the person until the next analyze. Every replica may run it. */
export function startClearingStatistics({ erasures, onError }: Options): AsyncDisposable {
  let restUntil = 0;
  const work = async () => {
    const start = performance.now();
    if (start >= restUntil && (await erasures.clearStatistics())) {
      const end = performance.now();
      restUntil = end + REST * (end - start);
    }
    return false;
  };
  return repeat(work, { everyMs: EVERY_MS, onError });
}
