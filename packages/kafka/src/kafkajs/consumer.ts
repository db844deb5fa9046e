import { deliver, type Delivery } from '../deliver.ts';
import { outageOf } from '../insist.ts';
import { rebuildsTotal, refusals } from '../metrics.ts';
import type { Consumer, Subscription } from '../port.ts';
import { traceOf } from '../reason.ts';
import { retryParked } from '../retry-parked.ts';
import { mergeChunks } from '../merge-chunks.ts';
import { type KafkaConnection, newClient, RETRY } from './client.ts';
import { openReader } from './reader.ts';
import { refusalOf } from './refusal.ts';
import { supervise } from './supervise.ts';
import { every, oneAtATime, within } from './wait.ts';

// A message that still fails is parked, and tried again minutes later.
const RETRY_DELAYS = [100, 500, 2_000];
const PARKED_MS = 1_000;
const PROBE_MS = 5_000;

/** Resolves at once and goes on trying to join its group: a service works without Kafka, only later. */
export async function consume<Event extends { type: string }>(
  kafka: KafkaConnection,
  subscription: Subscription<Event>,
): Promise<Consumer> {
  const { topic, handle, lot, overtakes, fromBeginning = true, retryDelays = RETRY_DELAYS } = subscription;
  const { prefix, log, onFatal } = kafka;
  const topicName = `${prefix}.${topic.name}`;
  const group = `${prefix}.${subscription.group}`;
  const ending = new AbortController();
  const joined = Promise.withResolvers<void>();
  // A chunk and a parked message of the same key are never in hand at once.
  const inTurn = oneAtATime();
  const outage = outageOf(topicName);
  refusals.set({ topic: topicName }, 0);
  let mine: readonly number[] = [];

  const delivery = (signal: AbortSignal): Delivery<Event> => ({
    topic,
    topicName,
    handle,
    retryDelays,
    outage,
    log,
    signal,
    ...(lot && { lot }),
    ...(overtakes && { overtakes }),
  });

  const supervised = supervise({
    open: (signs) =>
      openReader(kafka, {
        group,
        topic: topicName,
        fromBeginning,
        deliver: mergeChunks(inTurn, (chunk, signal) => deliver(delivery(signal), chunk)),
        onJoined: (partitions) => {
          mine = partitions;
          refusals.set({ topic: topicName }, 0);
          joined.resolve();
        },
        ...signs,
      }),
    kafkaAnswers: () => answers(kafka),
    isRefusal: (reason) => refusalOf(reason) !== undefined,
    onRefusal: (reason) => {
      mine = [];
      refusals.set({ topic: topicName }, 1);
      log.error(
        { topic: topicName, group, refusal: refusalOf(reason) },
        'Kafka does not let this consumer read: if its brokers are well, look at the ACLs of its topic and its group',
      );
    },
    onRebuild: (reason) => {
      mine = [];
      rebuildsTotal.inc({ topic: topicName });
      log.error({ topic: topicName, group, ...traceOf(reason) }, 'a consumer has stopped reading and is rebuilt');
    },
    onFatal,
  });

  const retrying = every(PARKED_MS, ending.signal, async () => {
    try {
      while (await inTurn(() => retryParked(delivery(ending.signal), () => mine)));
    } catch (error) {
      log.warn({ topic: topicName, ...traceOf(error) }, 'parked messages cannot be retried');
    }
  });

  return {
    joined: joined.promise,
    ready: outage.over,
    async [Symbol.asyncDispose]() {
      ending.abort();
      await supervised[Symbol.asyncDispose]();
      await retrying;
      joined.resolve();
    },
  };
}

async function answers(kafka: KafkaConnection): Promise<boolean> {
  const client = newClient(kafka, { ...RETRY, retries: 0 });
  const admin = client.kafka.admin();
  const ask = async () => {
    await admin.connect();
    await admin.describeCluster();
  };
  try {
    await within(PROBE_MS, 'describing the cluster', ask());
    return true;
  } catch {
    return false;
  } finally {
    client.cutOff();
  }
}
