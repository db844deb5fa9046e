import { join } from 'node:path';

import { runner } from 'node-pg-migrate';

import { connection } from './pool.ts';

const OWN = join(import.meta.dirname, '../../migrations');

/** Brings a service's database up to date: the event store's tables, then the service's own. Two at once wait for each other. */
export async function migrate(databaseUrl: string, directory: string): Promise<void> {
  await run(databaseUrl, OWN, 'event_store_migrations');
  await run(databaseUrl, directory, 'migrations');
}

const run = (databaseUrl: string, dir: string, migrationsTable: string) =>
  runner({
    // Without a time limit: a migration of many rows takes as long as it takes.
    databaseUrl: connection(databaseUrl),
    dir,
    migrationsTable,
    direction: 'up',
    advisoryLockMode: 'wait',
    singleTransaction: true,
    logger: SILENT,
  });

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };
