import { randomUUID } from 'node:crypto';

import { createDatabase, dropDatabase } from '../postgres/database.ts';
import { runAddresses } from './run.ts';

/** Creates an empty database on the run's PostgreSQL. Disposing of it drops it. */
export async function testDatabase(): Promise<{ url: string } & AsyncDisposable> {
  const { databaseUrl } = runAddresses();
  const name = `test_${randomUUID()}`;
  return {
    url: await createDatabase(databaseUrl, name),
    [Symbol.asyncDispose]: () => dropDatabase(databaseUrl, name),
  };
}
