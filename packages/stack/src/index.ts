export { createDatabase } from './database.ts';
export { type DnsServer, startDns } from './dns.ts';
export { type KafkaBroker, type KafkaOptions, startKafka } from './kafka.ts';
export { freePort } from './ports.ts';
export { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts';
export { createTopics, topicNames } from './topics.ts';
export type { Progress } from './way.ts';
