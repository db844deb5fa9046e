import { ConfigResourceTypes, Kafka, logLevel, type Message, Partitioners } from 'kafkajs';

/** Writes what no producer of ours would. */
export async function writeRaw(brokers: readonly string[], topic: string, messages: Message[]): Promise<void> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await producer.send({ topic, messages });
  await producer.disconnect();
}

/** Has the brokers take nothing larger from now on, as an operator may. */
export async function limitMessages(brokers: readonly string[], topic: string, bytes: number): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const configEntries = [{ name: 'max.message.bytes', value: String(bytes) }];
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }],
  });
  await admin.disconnect();
}
