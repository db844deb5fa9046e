import { contactsTopic } from '@kith/contracts/topics';
import { Kafka, logLevel } from 'kafkajs';

import { readConfig } from './config.ts';
import { describe, parse, topics } from './describe.ts';
import { sequences } from './sequences.ts';

const { brokers, prefix } = readConfig(process.env);
const placeOf = sequences();
const byName = new Map(topics.map((topic) => [`${prefix}.${topic.name}`, topic]));

const kafka = new Kafka({ clientId: 'kith-subscriber', brokers: [...brokers], logLevel: logLevel.ERROR });
// A group of its own each time: this reader starts at the beginning and remembers nothing. A real one keeps its name.
const consumer = kafka.consumer({ groupId: `${prefix}.subscriber-${process.pid}`, maxWaitTimeInMs: 100 });

const stop = new Promise<void>((resolve) =>
  ['SIGTERM', 'SIGINT'].forEach((signal) => process.on(signal, () => resolve())),
);

await consumer.connect();
await consumer.subscribe({ topics: [...byName.keys()], fromBeginning: true });
await consumer.run({
  eachMessage: async ({ topic: name, message }) => {
    const topic = byName.get(name);
    if (!topic) return;
    try {
      const [type, subject = '', sequence = ''] = ['ce_type', 'ce_subject', 'ce_sequence'].map((header) =>
        message.headers?.[header]?.toString(),
      );
      const event = parse(topic, type, message.value);
      // Events of a type that is not known here count, too.
      const place = placeOf(topic.name, subject, Number(sequence));
      if (place === 'copy') return;
      // A gap is a loss on this topic alone.
      if (place === 'gap' && topic === contactsTopic)
        console.log(`${subject}: events before version ${sequence} were missed. Read GET /api/v1/${subject}`);
      if (event) console.log(describe(event, sequence));
    } catch {
      console.error(`${name} ${message.offset}: not a message of this topic`);
    }
  },
});

await stop;
await consumer.disconnect();
