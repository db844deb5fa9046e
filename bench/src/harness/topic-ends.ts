// oxlint-disable-next-line eslint/no-restricted-imports -- @kith/kafka sends and receives; only an administrator can ask for a topic's end
import { Kafka, logLevel } from 'kafkajs';

export type TopicEnds = AsyncDisposable & {
  /** The number of messages that each partition has ever had. */
  readonly read: () => Promise<string>;
};

/** Reads the ends of topics on one connection. */
export async function topicEnds(brokers: readonly string[], topics: readonly string[]): Promise<TopicEnds> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.ERROR }).admin();
  await admin.connect();
  return {
    async read() {
      const ends = [];
      for (const topic of topics) {
        const partitions = await admin.fetchTopicOffsets(topic);
        const highs = partitions.toSorted((a, b) => a.partition - b.partition).map(({ high }) => high);
        ends.push(`${topic} ${highs.join(' ')}`);
      }
      return ends.join('\n');
    },
    [Symbol.asyncDispose]: () => admin.disconnect(),
  };
}
