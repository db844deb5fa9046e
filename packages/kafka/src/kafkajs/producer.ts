import type { Topic } from '@kith/contracts/topics';
import { type Message, Partitioners } from 'kafkajs';

import { toCloudEvent } from '../cloud-events.ts';
import { messagesTotal } from '../metrics.ts';
import { partitionOf } from '../partition.ts';
import { MessageRefused, type Outgoing, type Producer } from '../port.ts';
import { type Client, type KafkaConnection, newClient, RETRY } from './client.ts';
import { refusalOf } from './refusal.ts';
import { oneAtATime, within } from './wait.ts';

// A send settles before those who wait for it at a shutdown lose patience; what it left open is sent again.
const SEND_MS = 8_000;
// The broker gives up on slow replicas first, and says so.
const ACKS_MS = 5_000;
const DISCONNECT_MS = 3_000;
// A batch of one partition must stay under the broker's `message.max.bytes`, 1 MiB.
const MAX_BYTES = 512 * 1024;

type Line = {
  readonly client: Client;
  readonly producer: ReturnType<Client['kafka']['producer']>;
  readonly partitions: number;
};

/** Resolves at once: whether Kafka answers is seen at the first `send`. */
export async function produce<Event extends { type: string; data: object }>(
  kafka: KafkaConnection,
  topic: Topic<Event>,
): Promise<Producer<Event>> {
  const topicName = `${kafka.prefix}.${topic.name}`;
  const inTurn = oneAtATime();
  let line: Line | undefined;

  const send = async (messages: readonly Outgoing<Event>[]) => {
    const client = line?.client ?? newClient(kafka, { ...RETRY, retries: 3 });
    try {
      await within(
        SEND_MS,
        `sending to ${topicName}`,
        (async () => {
          line ??= await openLine(client, topicName);
          await sendOver(line, topicName, messages);
        })(),
      );
    } catch (error) {
      // Kafka has answered: nothing is under way.
      if (error instanceof MessageRefused) throw error;
      // Messages that this send left under way must not be written after the next ones.
      client.cutOff();
      line = undefined;
      const refusal = refusalOf(error);
      // Kafka's own words do not name the topic.
      throw refusal ? new Error(`Kafka does not let us write to ${topicName}: ${refusal}.`, { cause: error }) : error;
    }
  };

  return {
    send: (messages) => inTurn(() => send(messages)),
    [Symbol.asyncDispose]: () =>
      inTurn(async () => {
        if (!line) return;
        await within(DISCONNECT_MS, 'disconnecting', line.producer.disconnect()).catch(() => undefined);
        line.client.cutOff();
      }),
  };
}

async function openLine(client: Client, topicName: string): Promise<Line> {
  const admin = client.kafka.admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [topicName] });
  await admin.disconnect();

  const producer = client.kafka.producer({
    // With `true`, kafkajs 2.2.4 loses messages or wedges after a send is rejected that the broker wrote.
    idempotent: false,
    maxInFlightRequests: 1,
    retry: { ...RETRY, retries: 1 },
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  return { client, producer, partitions: topics[0]?.partitions.length ?? 0 };
}

type Encoded = Message & { readonly id: string; readonly value: string };

async function sendOver<Event extends { type: string; data: object }>(
  { producer, partitions }: Line,
  topic: string,
  messages: readonly Outgoing<Event>[],
) {
  const { encoded, refusal } = encode(messages, partitions);
  for (const batch of batches(encoded)) await sendBatch(producer, topic, batch);
  if (refusal) throw refusal;
}

/** The messages to send: all of them, or those before one that cannot be serialized. */
function encode<Event extends { type: string; data: object }>(
  messages: readonly Outgoing<Event>[],
  partitions: number,
): { encoded: Encoded[]; refusal?: MessageRefused } {
  const encoded: Encoded[] = [];
  for (const message of messages) {
    const { id, key } = message;
    try {
      encoded.push({ ...toCloudEvent(message), id, partition: partitionOf(key, partitions) });
    } catch (cause) {
      return { encoded, refusal: new MessageRefused(id, 'UNSPEAKABLE', { cause }) };
    }
  }
  return { encoded };
}

/** The broker's answers to a batch with a message that it will never take. */
const REFUSALS = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']);

/** A refused batch is halved, down to the message at fault: by then all before it are written. */
async function sendBatch(producer: Line['producer'], topic: string, batch: readonly Encoded[]): Promise<void> {
  try {
    await producer.sendBatch({ acks: -1, timeout: ACKS_MS, topicMessages: [{ topic, messages: [...batch] }] });
    messagesTotal.inc({ topic, outcome: 'sent' }, batch.length);
  } catch (error) {
    const code = Error.isError(error) && 'type' in error ? String(error.type) : '';
    if (!REFUSALS.has(code)) throw error;
    const [first] = batch;
    if (batch.length === 1 && first) throw new MessageRefused(first.id, code, { cause: error });
    const half = Math.ceil(batch.length / 2);
    await sendBatch(producer, topic, batch.slice(0, half));
    await sendBatch(producer, topic, batch.slice(half));
  }
}

function* batches(messages: readonly Encoded[]) {
  let batch: Encoded[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.value);
    if (batch.length > 0 && bytes + size > MAX_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
