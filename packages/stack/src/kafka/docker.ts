import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { answering, ifDockerAnswers, namedVolume, startContainer } from '../process/docker.ts';
import { choosePort, LOOPBACK } from '../process/ports.ts';
import type { KafkaBroker, KafkaOptions, Way } from '../process/way.ts';
import { describeCluster } from './topics.ts';

const IMAGE = 'apache/kafka:4.3.1';

export const dockerKafka = (options: KafkaOptions): Way<KafkaBroker> => ({
  name: 'Docker',
  find: () =>
    ifDockerAnswers(async () => {
      const { volume, secret: clusterId } = await namedVolume(options.folder, 'kafka');
      const port = await choosePort('Kafka', options.port);
      const settings = await readFile(join(import.meta.dirname, '../../kafka/server.properties'), 'utf8');
      const container = await startContainer(IMAGE, volume, { container: 9092, host: port }, options, (kafka) =>
        kafka
          .withEnvironment({
            ...asEnvironment(settings),
            CLUSTER_ID: clusterId,
            KAFKA_LOG_DIRS: '/var/lib/kafka/data',
            KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
            KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${LOOPBACK}:${port}`,
            KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
          })
          .withBindMounts([{ source: volume, target: '/var/lib/kafka/data' }]),
      );
      const brokers = [`${LOOPBACK}:${port}`];
      return { brokers, ...(await answering(container, () => describeCluster(brokers), options)) };
    }),
});

/** The image reads settings from its environment: `log.dirs=data` is `KAFKA_LOG_DIRS`. */
const asEnvironment = (properties: string): Record<string, string> =>
  Object.fromEntries(
    [...properties.matchAll(/^([a-z.]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
      `KAFKA_${name.toUpperCase().replaceAll('.', '_')}`,
      value,
    ]),
  );
