import { fromCloudEvent } from './cloud-events.ts';
import { BEHIND, type Delivery } from './deliver.ts';
import { messagesTotal } from './metrics.ts';
import type { ParkedMessage } from './port.ts';
import { reasonOf, traceOf } from './reason.ts';

/**
 * Tries once more what an operator asked for, oldest first. Where one fails again the others of its key are kept too:
 * they may not overtake it. Only partitions that this process reads, so that no two processes work on one key.
 */
export async function retryParked<Event extends { type: string }>(
  delivery: Delivery<Event>,
  isMine: (partition: number) => boolean,
): Promise<void> {
  const { lot, topicName, signal } = delivery;
  if (!lot) return;
  const kept = new Set<string>();

  for (const parked of await lot.due()) {
    if (signal.aborted) return;
    if (parked.topic !== topicName || !isMine(parked.partition)) continue;
    const reason = parked.key !== null && kept.has(parked.key) ? BEHIND : await handleAgain(delivery, parked);
    if (reason === undefined) {
      await lot.release(parked);
      messagesTotal.inc({ topic: topicName, outcome: 'retried' });
    } else {
      await lot.keep({ ...parked, reason });
      if (parked.key !== null) kept.add(parked.key);
    }
  }
}

/** Why not, if it cannot be handled still. */
async function handleAgain<Event extends { type: string }>(
  { topic, handle, log }: Delivery<Event>,
  parked: ParkedMessage,
): Promise<string | undefined> {
  const reading = fromCloudEvent(topic, parked);
  switch (reading.outcome) {
    case 'unknown-type':
      return undefined;
    case 'poison':
      return reading.reason;
    case 'readable':
      try {
        await handle([reading.message]);
        return undefined;
      } catch (error) {
        const { topic, partition, offset } = parked;
        log.error({ topic, partition, offset, ...traceOf(error) }, 'a parked message failed again');
        return reasonOf(error);
      }
  }
}
