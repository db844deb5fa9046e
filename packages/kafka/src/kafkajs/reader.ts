import { type EachBatchPayload, type IHeaders, type KafkaMessage } from 'kafkajs';
import { setTimeout as delay } from 'node:timers/promises';

import type { RawMessage } from '../cloud-events.ts';
import { traceOf } from '../reason.ts';
import { CHUNK, type Deliver } from '../merge-chunks.ts';
import { type KafkaConnection, newClient, RETRY } from './client.ts';
import { refusalOf } from './refusal.ts';
import { every, within } from './wait.ts';

const COMMIT_MS = 1_000;
const PARTITIONS = 12;
const HEARTBEAT_MS = 1_000;
const LAST_CHUNK_MS = 10_000;
const DISCONNECT_MS = 3_000;

export type ReaderOptions = {
  readonly group: string;
  readonly topic: string;
  readonly fromBeginning: boolean;
  /** Given chunks of several partitions at a time, and of each in order. */
  readonly deliver: Deliver;
  /** It has been given these partitions to read. */
  readonly onJoined: (partitions: readonly number[]) => void;
  readonly onSignOfLife: () => void;
  /** It has ended and will not begin again by itself. */
  readonly onEnded: (error: Error) => void;
};

export type Reader = {
  /** Lets the chunk in hand be finished, commits, leaves the group. */
  close(): Promise<void>;
};

/** One kafkajs consumer, from its connection to its end. */
export function openReader(kafka: KafkaConnection, options: ReaderOptions): Reader {
  const { group, topic, fromBeginning, deliver, onJoined, onSignOfLife, onEnded } = options;
  const client = newClient(kafka);
  const consumer = client.kafka.consumer({
    groupId: group,
    sessionTimeout: 10_000,
    rebalanceTimeout: 60_000,
    maxWaitTimeInMs: 100,
    maxBytes: 2 * 1024 * 1024,
    allowAutoTopicCreation: false,
    retry: RETRY,
  });
  const closing = new AbortController();
  const inHand = new Set<Promise<void>>();
  let last: EachBatchPayload | undefined;

  consumer.on('consumer.group_join', ({ payload }) => {
    last = undefined;
    onSignOfLife();
    onJoined(payload.memberAssignment[topic] ?? []);
  });
  consumer.on('consumer.fetch', onSignOfLife);
  consumer.on('consumer.heartbeat', onSignOfLife);
  consumer.on('consumer.crash', ({ payload }) => {
    if (!payload.restart) onEnded(payload.error);
  });

  const eachBatch = async (payload: EachBatchPayload) => {
    last = payload;
    const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload;
    for (let at = 0; at < batch.messages.length; at += CHUNK) {
      if (closing.signal.aborted || !isRunning() || isStale()) return;
      const chunk = batch.messages.slice(at, at + CHUNK);
      await beating(heartbeat, (lost) =>
        deliver(
          chunk.map((message) => toRaw(batch.partition, message)),
          AbortSignal.any([lost, closing.signal]),
        ),
      );
      resolveOffset(chunk.at(-1)!.offset);
    }
  };

  const start = async () => {
    while (!closing.signal.aborted) {
      try {
        await consumer.connect();
        await consumer.subscribe({ topic, fromBeginning });
        await consumer.run({
          // It would commit after every batch (p50 60 ms).
          autoCommit: false,
          // The messages of a fetch are in hand all at once, so that they can share a transaction.
          partitionsConsumedConcurrently: PARTITIONS,
          // Messages that were not handled because the reader is closing must not count as read.
          eachBatchAutoResolve: false,
          eachBatch: (payload) => {
            const work = eachBatch(payload).catch((error: unknown) => {
              if (!closing.signal.aborted) throw error;
            });
            const settled = work.catch(() => undefined).finally(() => inHand.delete(settled));
            inHand.add(settled);
            return work;
          },
        });
        return;
      } catch (error) {
        if (Error.isError(error) && refusalOf(error)) return onEnded(error);
        kafka.log.warn({ topic, group, ...traceOf(error) }, 'Kafka cannot be read yet');
        await delay(COMMIT_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  };

  void start();
  // Refused after an expulsion: then they come again.
  const commit = async () => last?.commitOffsetsIfNecessary(last.uncommittedOffsets()).catch(() => undefined);
  void every(COMMIT_MS, closing.signal, commit);

  return {
    async close() {
      closing.abort();
      await within(LAST_CHUNK_MS, 'the last chunks', Promise.all(inHand)).catch(() => undefined);
      const leave = async () => {
        await commit();
        await consumer.disconnect();
      };
      await within(DISCONNECT_MS, 'disconnecting', leave()).catch(() => undefined);
      client.cutOff();
    },
  };
}

/** Stays a member of the group while `work` takes its time; once expelled, `work` is told and the error ends the batch. */
async function beating(heartbeat: () => Promise<void>, work: (lost: AbortSignal) => Promise<void>): Promise<void> {
  const lost = new AbortController();
  const beat = () => void heartbeat().catch((error: unknown) => lost.abort(error));
  await heartbeat();
  const timer = setInterval(beat, HEARTBEAT_MS);
  try {
    await work(lost.signal);
  } catch (error) {
    // kafkajs rejoins the group at its own errors; at any other it would try the batch again first.
    lost.signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(timer);
  }
  lost.signal.throwIfAborted();
}

const toRaw = (partition: number, { offset, key, headers = {}, value }: KafkaMessage): RawMessage => ({
  partition,
  offset,
  key: key === null ? null : key.toString(),
  headers: toText(headers),
  value,
});

/** The last of a repeated header counts, as for most readers of CloudEvents. */
const toText = (headers: IHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const one = Array.isArray(value) ? value.at(-1) : value;
      return one === undefined ? [] : [[name, one.toString()]];
    }),
  );
