import { isOutage } from '@kith/contracts';

import { fromCloudEvent } from './cloud-events.ts';
import type { Delivery } from './deliver.ts';
import { messagesTotal } from './metrics.ts';
import type { ParkedMessage } from './port.ts';
import { reasonOf, traceOf } from './reason.ts';

/**
 * Retries the messages that are due: the oldest of each key, whose successor is due once it is handled. Only in partitions that this
 * process reads, so that no two processes work on one key. Answers whether there may be more.
 */
export async function retryParked<Event extends { type: string }>(
  delivery: Delivery<Event>,
  partitions: () => readonly number[],
): Promise<boolean> {
  const { lot, topicName, signal } = delivery;
  if (!lot || partitions().length === 0) return false;
  const due = await lot.due(topicName, partitions());
  for (const parked of due) {
    if (signal.aborted) return false;
    if (!partitions().includes(parked.partition)) continue;
    const failure = await handleAgain(delivery, parked);
    if (failure === undefined) {
      await lot.release(parked);
      messagesTotal.inc({ topic: topicName, outcome: 'retried' });
    } else {
      await lot.keep({ ...parked, ...failure });
    }
  }
  return due.length > 0;
}

type Failure = Pick<ParkedMessage, 'reason' | 'attempts'>;

/** The reason, if it still cannot be handled. An outage is no attempt: its pause does not grow. */
async function handleAgain<Event extends { type: string }>(
  { topic, handle, log }: Delivery<Event>,
  parked: ParkedMessage,
): Promise<Failure | undefined> {
  const attempts = parked.attempts + 1;
  const reading = fromCloudEvent(topic, parked);
  switch (reading.outcome) {
    case 'unknown-type':
      return undefined;
    case 'poison':
      return { reason: reading.reason, attempts };
    case 'readable':
      try {
        await handle([reading.message]);
        return undefined;
      } catch (error) {
        const { topic, partition, offset } = parked;
        log.error({ topic, partition, offset, attempts, ...traceOf(error) }, 'a parked message failed again');
        return { reason: reasonOf(error), attempts: isOutage(error) ? parked.attempts : attempts };
      }
  }
}
