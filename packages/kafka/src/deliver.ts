import { setTimeout as delay } from 'node:timers/promises';

import { isOutage, isTimeout } from '@kith/contracts';

import { fromCloudEvent, type RawMessage } from './cloud-events.ts';
import { insist, type Outage } from './insist.ts';
import { attemptsFailedTotal, messagesTotal, type Outcome } from './metrics.ts';
import type { Incoming, Log, ParkedMessage, ParkingLot, Subscription } from './port.ts';
import { reasonOf, traceOf } from './reason.ts';

export type Delivery<Event extends { type: string }> = Pick<
  Subscription<Event>,
  'topic' | 'handle' | 'lot' | 'overtakes'
> & {
  /** With the installation's prefix. */
  readonly topicName: string;
  readonly retryDelays: readonly number[];
  readonly outage: Outage;
  readonly log: Log;
  /** Ends the wait for another attempt. The messages in hand come again to the next reader. */
  readonly signal: AbortSignal;
};

type Aside = {
  readonly raw: RawMessage;
  readonly outcome: Extract<Outcome, 'poison' | 'failed' | 'queued_behind'>;
  readonly reason: string;
  /** The part of the reason that may be logged. */
  readonly trace: object;
  readonly overtakes: boolean;
};
type Readable<Event> = { readonly raw: RawMessage; readonly message: Incoming<Event> };

export const BEHIND = 'queued behind an earlier message of its key';

/**
 * Sees a chunk through: handled, or set aside with what follows it under the same key. Rejects only
 * when `signal` ends it: no error of a handler may reach the client library, which would end the consumer.
 */
export async function deliver<Event extends { type: string }>(
  delivery: Delivery<Event>,
  chunk: readonly RawMessage[],
): Promise<void> {
  // Nothing is decided during an outage, of the handler's or of the lot.
  await insist(delivery, async () => {
    const { readable, aside, unknown } = sort(delivery, chunk, await parkedAmong(delivery.lot, chunk));
    const failed = await handleAll(delivery, readable);
    // The handled first: should this process end in between, a copy is handled twice rather than parked unhandled.
    await setAside(delivery, [...aside, ...failed]);
    count(delivery, 'handled', readable.length - failed.length);
    count(delivery, 'unknown_type', unknown);
  });
}

async function parkedAmong(lot: ParkingLot | undefined, chunk: readonly RawMessage[]): Promise<ReadonlySet<string>> {
  const keys = new Set(chunk.flatMap(({ key }) => key ?? []));
  return lot && keys.size > 0 ? lot.parkedKeys([...keys]) : new Set();
}

function sort<Event extends { type: string }>(
  delivery: Delivery<Event>,
  chunk: readonly RawMessage[],
  parked: ReadonlySet<string>,
) {
  const readable: Readable<Event>[] = [];
  const aside: Aside[] = [];
  let unknown = 0;
  const blocked = new Set(parked);

  for (const raw of chunk) {
    const reading = fromCloudEvent(delivery.topic, raw);
    if (reading.outcome === 'unknown-type') {
      unknown++;
    } else if (raw.key !== null && blocked.has(raw.key) && !overtakes(delivery, reading)) {
      aside.push(behind(raw));
    } else if (reading.outcome === 'poison') {
      const { reason } = reading;
      aside.push({ raw, outcome: 'poison', reason, trace: { reason }, overtakes: false });
      if (delivery.lot && raw.key !== null) blocked.add(raw.key);
    } else {
      readable.push({ raw, message: reading.message });
    }
  }
  return { readable, aside, unknown };
}

const overtakes = <Event extends { type: string }>(
  delivery: Delivery<Event>,
  reading: ReturnType<typeof fromCloudEvent<Event>>,
): boolean => reading.outcome === 'readable' && (delivery.overtakes?.(reading.message.event) ?? false);

/** Together if possible, else one by one; those that keep failing, and what follows them under their key, come back. */
async function handleAll<Event extends { type: string }>(
  delivery: Delivery<Event>,
  readable: readonly Readable<Event>[],
): Promise<Aside[]> {
  if (readable.length === 0) return [];
  const error = await attempt(delivery, readable);
  if (error === undefined) return [];
  if (readable.length === 1) return [failure(delivery, readable[0]!, error.value)];

  const aside: Aside[] = [];
  const blocked = new Set<string>();
  for (const one of readable) {
    if (blocked.has(one.message.key) && !delivery.overtakes?.(one.message.event)) {
      aside.push(behind(one.raw));
      continue;
    }
    const error = await attempt(delivery, [one]);
    if (error === undefined) continue;
    aside.push(failure(delivery, one, error.value));
    if (delivery.lot) blocked.add(one.message.key);
  }
  return aside;
}

const failure = <Event extends { type: string }>(
  { overtakes }: Delivery<Event>,
  { raw, message }: Readable<Event>,
  error: unknown,
): Aside => ({
  raw,
  outcome: 'failed',
  reason: reasonOf(error),
  trace: traceOf(error),
  overtakes: overtakes?.(message.event) ?? false,
});

const behind = (raw: RawMessage): Aside => ({
  raw,
  outcome: 'queued_behind',
  reason: BEHIND,
  trace: {},
  overtakes: false,
});

/** The error of the last attempt if none succeeded. Rejects in an outage: no message is at fault for it. */
async function attempt<Event extends { type: string }>(
  { handle, retryDelays, log, topicName, signal }: Delivery<Event>,
  messages: readonly Readable<Event>[],
): Promise<{ value: unknown } | undefined> {
  for (let attempts = 0; ; attempts++) {
    try {
      await handle(messages.map(({ message }) => message));
      return undefined;
    } catch (error) {
      attemptsFailedTotal.inc({ topic: topicName });
      if (isOutage(error) && !(isTimeout(error) && messages.length > 1)) throw error;
      const { partition, offset } = messages[0]!.raw;
      log.warn(
        { topic: topicName, partition, offset, messages: messages.length, attempts: attempts + 1, ...traceOf(error) },
        'a handler failed',
      );
      const wait = retryDelays[attempts];
      if (wait === undefined) return { value: error };
      await delay(wait, undefined, { signal });
    }
  }
}

async function setAside<Event extends { type: string }>(
  delivery: Delivery<Event>,
  aside: readonly Aside[],
): Promise<void> {
  const { lot, log, topicName } = delivery;
  if (aside.length === 0) return;
  const erased = await lot?.park(aside.map((one) => toParked(topicName, one)));
  for (const { raw, outcome, trace } of aside) {
    // Erased while it was set aside, by a message of the same chunk perhaps.
    const dropped = raw.key !== null && erased?.has(raw.key);
    count(delivery, dropped ? 'erased' : outcome, 1);
    if (dropped || outcome === 'queued_behind') continue;
    const { partition, offset } = raw;
    log.error(
      { topic: topicName, partition, offset, outcome, ...trace },
      lot ? 'a message is parked' : 'a message is skipped',
    );
  }
}

const toParked = (topic: string, { raw, outcome, reason, overtakes }: Aside): ParkedMessage => ({
  topic,
  ...raw,
  reason,
  attempts: outcome === 'queued_behind' ? 0 : 1,
  overtakes,
});

const count = <Event extends { type: string }>({ topicName }: Delivery<Event>, outcome: Outcome, messages: number) =>
  messagesTotal.inc({ topic: topicName, outcome }, messages);
