import { randomUUID } from 'node:crypto';

import { createTopics, deleteTopics, topicNames } from '../kafka/topics.ts';
import { runAddresses } from './run.ts';

/** Creates an installation's topics on the run's Kafka, under a prefix of their own. Disposing of them deletes them. */
export async function testTopics(): Promise<{ brokers: readonly string[]; prefix: string } & AsyncDisposable> {
  const { brokers } = runAddresses();
  const prefix = `test-${randomUUID()}`;
  const names = Object.values(topicNames(prefix));
  await createTopics(brokers, names);
  return { brokers, prefix, [Symbol.asyncDispose]: () => deleteTopics(brokers, names) };
}
