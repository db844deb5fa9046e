/** Where the PostgreSQL and the Kafka of this test run are; `global-setup.ts` started them. */
export function runAddresses(): { databaseUrl: string; brokers: readonly string[] } {
  const { KITH_TEST_DATABASE_URL: databaseUrl, KITH_TEST_KAFKA_BROKERS: brokers } = process.env;
  if (!databaseUrl || !brokers) throw new Error('Only for tests: jest.config.ts starts PostgreSQL and Kafka for them.');
  return { databaseUrl, brokers: brokers.split(',') };
}
