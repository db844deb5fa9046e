export { createDatabase } from './postgres/database.ts';
export { type DnsServer, startDns } from './dns/dns.ts';
export { startKafka } from './kafka/kafka.ts';
export { freePort } from './process/ports.ts';
export { startPostgres } from './postgres/postgres.ts';
export { createTopics, topicNames } from './kafka/topics.ts';
export type { KafkaBroker, KafkaOptions, Postgres, PostgresOptions, Progress } from './process/way.ts';
