import { repeat } from '@kith/event-store';

import type { Services } from '../services.ts';
import { watched } from './overdue.ts';
import type { Unanswered } from './queries.ts';

const EVERY_MS = 30_000;

type Options = Pick<Services, 'unanswered'> & {
  /** The time that an answer may take. */
  readonly overdueMs: number;
  /** Called with the events that are published again. */
  readonly onToldAgain: (events: readonly Unanswered[]) => void;
  readonly onError: (error: unknown) => void;
};

/**
 * Publishes the events again that another service should have answered by now: Kafka may have lost the message or its answer. A message says that
 * it is a repeated one, and a service that has answered it answers once more. Every replica may run it.
 */
export function startTellingAgain({ unanswered, overdueMs, onToldAgain, onError }: Options): AsyncDisposable {
  const work = async () => {
    if (await unanswered.find(overdueMs)) return true;
    await unanswered.forgetAnswered();
    const events = await unanswered.tellAgain(overdueMs);
    if (events.length > 0) onToldAgain(events);
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
