import { randomUUID } from 'node:crypto';

import { Kafka, logLevel, Partitioners } from 'kafkajs';

import { withAdmin } from '../kafka/admin.ts';

/** A message as Kafka stores it, with its bytes as text. */
export type Message = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
};

type Brokers = readonly string[];

const connect = (brokers: Brokers) => new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
const ends = (brokers: Brokers, topic: string) =>
  withAdmin(brokers, { retries: 5 }, (admin) => admin.fetchTopicOffsets(topic));

/** Reads all messages that the topics hold now. Each partition's messages are in order. */
export async function readMessages(brokers: Brokers, topics: readonly string[]): Promise<Message[]> {
  const groupId = `reader-${randomUUID()}`;
  const missing = new Set<string>();
  for (const topic of topics) {
    for (const { partition, high, low } of await ends(brokers, topic)) {
      if (high !== low) missing.add(`${topic} ${partition} ${Number(high) - 1}`);
    }
  }
  const messages: Message[] = [];
  if (missing.size === 0) return messages;
  const consumer = connect(brokers).consumer({ groupId });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      const eachMessage = async ({ topic, partition, message }: Received) => {
        const { key, value, offset, headers = {} } = message;
        messages.push({ topic, partition, offset, key: String(key), value: String(value), headers: asText(headers) });
        missing.delete(`${topic} ${partition} ${offset}`);
        if (missing.size === 0) resolve();
      };
      consumer.run({ eachMessage }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
    await withAdmin(brokers, { retries: 5 }, (admin) => admin.deleteGroups([groupId]));
  }
  return messages;
}

/** Sends the same messages again, byte for byte, as a producer does that got no answer. */
export async function sendAgain(brokers: Brokers, messages: readonly Message[]): Promise<void> {
  const producer = connect(brokers).producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  for (const topic of new Set(messages.map((message) => message.topic))) {
    const copies = messages.filter((message) => message.topic === topic);
    await producer.send({
      topic,
      messages: copies.map(({ key, value, headers, partition }) => ({ key, value, headers, partition })),
    });
  }
  await producer.disconnect();
}

/** Removes everything that a topic holds, as if the brokers had lost their disks. */
export const loseMessages = async (brokers: Brokers, topic: string): Promise<void> =>
  withAdmin(brokers, { retries: 5 }, async (admin) => {
    const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({
      partition,
      offset: high,
    }));
    await admin.deleteTopicRecords({ topic, partitions });
  });

/** Counts the messages that a topic still holds and a consumer group has not handled yet. */
export async function lag(brokers: Brokers, groupId: string, topic: string): Promise<number> {
  const [handled] = await withAdmin(brokers, { retries: 5 }, (admin) =>
    admin.fetchOffsets({ groupId, topics: [topic] }),
  );
  const at = new Map(handled?.partitions.map(({ partition, offset }) => [partition, Math.max(0, Number(offset))]));
  return (await ends(brokers, topic)).reduce(
    (sum, { partition, high, low }) => sum + Number(high) - Math.max(at.get(partition) ?? 0, Number(low)),
    0,
  );
}

type Received = {
  readonly topic: string;
  readonly partition: number;
  readonly message: {
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly offset: string;
    readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>;
  };
};

const asText = (headers: NonNullable<Received['message']['headers']>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
