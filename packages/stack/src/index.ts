export { createDatabase } from './postgres/database.ts';
export { type DnsServer, startDns } from './dns/dns.ts';
export { type KafkaBroker, type KafkaOptions, startKafka } from './kafka/kafka.ts';
export { freePort } from './process/ports.ts';
export { type Postgres, type PostgresOptions, startPostgres } from './postgres/postgres.ts';
export { createTopics, topicNames } from './kafka/topics.ts';
export type { Progress } from './process/way.ts';
