import { setTimeout as delay } from 'node:timers/promises';

import { isOutage } from '@kith/contracts';

import { outages } from './metrics.ts';
import type { Log } from './port.ts';
import { traceOf } from './reason.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** Whether the messages of a consumer wait, and for what. */
export type Outage = {
  readonly began: (error: unknown) => void;
  readonly ended: () => void;
  /** Rejects while they wait. */
  readonly over: () => Promise<void>;
};

export function outageOf(topic: string): Outage {
  let reason: { readonly error: unknown } | undefined;
  outages.set({ topic }, 0);
  return {
    began(error) {
      reason = { error };
      outages.set({ topic }, 1);
    },
    ended() {
      reason = undefined;
      outages.set({ topic }, 0);
    },
    async over() {
      if (reason) throw new Error(`The messages of ${topic} wait for something that is away.`, { cause: reason.error });
    },
  };
}

type Patience = {
  readonly topicName: string;
  readonly outage: Outage;
  readonly log: Log;
  readonly signal: AbortSignal;
};

/** Until it succeeds or `signal` ends it, with growing pauses. */
export async function insist({ topicName, outage, log, signal }: Patience, work: () => Promise<void>): Promise<void> {
  try {
    for (let attempts = 1; ; attempts++) {
      signal.throwIfAborted();
      try {
        return await work();
      } catch (error) {
        signal.throwIfAborted();
        outage.began(error);
        log.error(
          { topic: topicName, attempts, ...traceOf(error) },
          isOutage(error)
            ? 'something that a handler needs is away; messages wait'
            : 'messages can neither be handled nor parked; they wait',
        );
        await delay(Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS), undefined, { signal });
      }
    }
  } finally {
    outage.ended();
  }
}
