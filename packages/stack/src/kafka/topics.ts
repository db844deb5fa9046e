import { setTimeout as delay } from 'node:timers/promises';

import { contactsTopic, tokensTopic, verificationTopic } from '@kith/contracts/topics';
import type { Admin } from 'kafkajs';

import { withAdmin } from './admin.ts';

const PARTITIONS = 12;
const HOUR = 3_600_000;
const SERVED_WITHIN_MS = 20_000;

/** The names of an installation's topics, by its prefix: `kith` → `kith.contacts.v1`, … */
export const topicNames = (prefix: string) => ({
  contacts: `${prefix}.${contactsTopic.name}`,
  verification: `${prefix}.${verificationTopic.name}`,
  tokens: `${prefix}.${tokensTopic.name}`,
});

/** Creates the topics that do not exist yet. When it resolves, each of them accepts messages. */
export const createTopics = (brokers: readonly string[], names: readonly string[]): Promise<void> =>
  withAdmin(brokers, { retries: 20 }, async (admin) => {
    const present = new Set(await admin.listTopics());
    const absent = names.filter((name) => !present.has(name));
    if (absent.length === 0) return;
    await admin.createTopics({
      waitForLeaders: false,
      topics: absent.map((topic) => ({
        topic,
        numPartitions: PARTITIONS,
        configEntries: [
          { name: 'retention.ms', value: String(7 * 24 * HOUR) },
          // Retention removes whole segments only, never the active one. The default segment keeps messages for another week.
          { name: 'segment.ms', value: String(HOUR) },
        ],
      })),
    });
    await untilServed(admin, absent);
  });

/** kafkajs' own `waitForLeaders` gives up on "does not host this topic-partition", which a busy broker answers for a moment. */
async function untilServed(admin: Admin, topics: readonly string[]): Promise<void> {
  const deadline = Date.now() + SERVED_WITHIN_MS;
  for (;;) {
    try {
      for (const topic of topics) {
        const offsets = await admin.fetchTopicOffsets(topic);
        if (offsets.length < PARTITIONS) throw new Error(`${topic} has ${offsets.length} of ${PARTITIONS} partitions.`);
      }
      return;
    } catch (cause) {
      if (Date.now() > deadline) throw new Error('Kafka created the topics but does not serve them.', { cause });
      await delay(50);
    }
  }
}

export const deleteTopics = (brokers: readonly string[], names: readonly string[]): Promise<void> =>
  withAdmin(brokers, { retries: 5 }, (admin) => admin.deleteTopics({ topics: [...names] }));

/** Resolves when a broker answers. Makes one attempt. */
export const describeCluster = (brokers: readonly string[]): Promise<unknown> =>
  withAdmin(brokers, { retries: 0 }, (admin) => admin.describeCluster());
