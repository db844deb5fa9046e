import { dockerKafka } from './docker.ts';
import { embeddedKafka } from './embedded.ts';
import { describeCluster } from './topics.ts';
import { firstWay, type KafkaBroker, type KafkaOptions, type Way } from '../process/way.ts';

/** Starts Apache Kafka by the first way that applies: `KAFKA_BROKERS`, its jars by Maven, Docker (`KITH_STACK=docker` forces it). */
export const startKafka = (options: KafkaOptions): Promise<KafkaBroker> =>
  firstWay('Kafka', [given(options), embeddedKafka(options), dockerKafka(options)], options.log);

const given = ({ env = process.env }: KafkaOptions): Way<KafkaBroker> => ({
  name: 'environment',
  async find() {
    const brokers = env['KAFKA_BROKERS']?.split(',');
    if (!brokers) return { reason: 'KAFKA_BROKERS is not set' };
    return {
      async start() {
        await describeCluster(brokers).catch((error: unknown) => {
          throw new Error('The Kafka of KAFKA_BROKERS does not answer.', { cause: error });
        });
        return { brokers, pid: undefined, exited: undefined, async [Symbol.asyncDispose]() {} };
      },
    };
  },
});
