import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The addresses of this run's PostgreSQL and Kafka, which `global-setup.ts` started. */
export function runAddresses(): { databaseUrl: string; brokers: readonly string[] } {
  const { KITH_TEST_DATABASE_URL: databaseUrl, KITH_TEST_KAFKA_BROKERS: brokers } = process.env;
  if (!databaseUrl || !brokers)
    throw new Error('This is for tests only: jest.config.ts starts PostgreSQL and Kafka for them.');
  return { databaseUrl, brokers: brokers.split(',') };
}

/** Everything that the run's PostgreSQL and Kafka have logged so far, if the run started them. Other test files use them at the same time. */
export function serverLogs(): string {
  const folders = ['postgres', 'kafka'].map((server) => join(process.env['KITH_TEST_FOLDER'] ?? '', server));
  return folders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => file.endsWith('.log'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('');
}
