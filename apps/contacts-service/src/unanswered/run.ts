import { repeat } from '@kith/event-store';

import type { Services } from '../services.ts';
import { watched } from './overdue.ts';
import type { Unanswered } from './queries.ts';

const EVERY_MS = 30_000;

type Options = Pick<Services, 'unanswered'> & {
  /** How long an answer may be missing. */
  readonly overdueMs: number;
  /** These were told again. */
  readonly onToldAgain: (events: readonly Unanswered[]) => void;
  readonly onError: (error: unknown) => void;
};

/**
 * Tells again what another service should have answered by now: Kafka may have lost the message, or the answer. A message says whether it is told
 * again, and whoever has answered it answers once more. Every replica may do so.
 */
export function startTellingAgain({ unanswered, overdueMs, onToldAgain, onError }: Options): AsyncDisposable {
  const work = async () => {
    if (await unanswered.find(overdueMs)) return true;
    await unanswered.forgetAnswered();
    const told = await unanswered.tellAgain(overdueMs);
    if (told.length > 0) onToldAgain(told);
    return false;
  };
  const overdue = { erasures: () => unanswered.overdueErasures(overdueMs), values: unanswered.overdueValues };
  watched.add(overdue);
  const working = repeat(work, { everyMs: Math.min(EVERY_MS, overdueMs), onError });
  return {
    async [Symbol.asyncDispose]() {
      watched.delete(overdue);
      await working[Symbol.asyncDispose]();
    },
  };
}
