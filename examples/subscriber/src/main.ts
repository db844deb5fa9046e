import { Kafka, logLevel } from 'kafkajs';

import { readConfig } from './config.ts';
import { describe, parse, topics } from './describe.ts';

const { brokers, prefix } = readConfig(process.env);
const byName = new Map(topics.map((topic) => [`${prefix}.${topic.name}`, topic]));

const kafka = new Kafka({ clientId: 'kith-subscriber', brokers: [...brokers], logLevel: logLevel.ERROR });
// A group of its own each time: this reader starts at the beginning and remembers nothing. A real one keeps its name.
const consumer = kafka.consumer({ groupId: `${prefix}.subscriber-${process.pid}`, maxWaitTimeInMs: 100 });

const stop = new Promise<void>((resolve) =>
  ['SIGTERM', 'SIGINT'].forEach((signal) => process.on(signal, () => resolve())),
);

await consumer.connect();
await consumer.subscribe({ topics: [...byName.keys()], fromBeginning: true });
// Each contact's events come in order, and each at least once: whoever stores them compares `ce_sequence`.
await consumer.run({
  eachMessage: async ({ topic: name, message }) => {
    const topic = byName.get(name);
    if (!topic) return;
    try {
      const event = parse(topic, message.headers?.['ce_type']?.toString(), message.value);
      if (event) console.log(describe(event, String(message.headers?.['ce_sequence'])));
    } catch {
      console.error(`${name} ${message.offset}: not a message of this topic`);
    }
  },
});

await stop;
await consumer.disconnect();
