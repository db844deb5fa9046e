import { Kafka, logLevel, type Message, Partitioners } from 'kafkajs';

/** Writes what no producer of ours would. */
export async function writeRaw(brokers: readonly string[], topic: string, messages: Message[]): Promise<void> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
}
