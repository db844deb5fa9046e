import { setImmediate } from 'node:timers/promises';

import type { RawMessage } from './cloud-events.ts';

/** The most messages handled at once. */
export const CHUNK = 500;

/** Handles messages to the end; rejects only when `signal` ends it. */
export type Deliver = (chunk: readonly RawMessage[], signal: AbortSignal) => Promise<void>;
type InTurn = (work: () => Promise<void>) => Promise<void>;

/**
 * Merges the chunks that several partitions hand in before their turn has come: many small transactions cost more than a few large ones.
 * Within a partition nothing changes: it hands in its next chunk when this one is done.
 */
export function mergeChunks(inTurn: InTurn, deliver: Deliver): Deliver {
  type Batch = { readonly messages: RawMessage[]; readonly signals: AbortSignal[]; readonly done: Promise<void> };
  let next: Batch | undefined;

  function open(): Batch {
    const messages: RawMessage[] = [];
    const signals: AbortSignal[] = [];
    const done = inTurn(async () => {
      // The rest of the same fetch comes along.
      await setImmediate();
      if (next === batch) next = undefined;
      await deliver(messages, AbortSignal.any(signals));
    });
    const batch = { messages, signals, done };
    return batch;
  }

  return (chunk, signal) => {
    if (!next || next.messages.length + chunk.length > CHUNK) next = open();
    next.messages.push(...chunk);
    next.signals.push(signal);
    return next.done;
  };
}
