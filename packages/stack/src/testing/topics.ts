import { randomUUID } from 'node:crypto';

import { createTopics, deleteTopics, topicNames } from '../kafka/topics.ts';
import { runAddresses } from './run.ts';

/** The topics of an installation of its own on the run's Kafka; deleted when disposed of. */
export async function testTopics(): Promise<{ brokers: readonly string[]; prefix: string } & AsyncDisposable> {
  const { brokers } = runAddresses();
  const prefix = `test-${randomUUID()}`;
  const names = Object.values(topicNames(prefix));
  await createTopics(brokers, names);
  return { brokers, prefix, [Symbol.asyncDispose]: () => deleteTopics(brokers, names) };
}
