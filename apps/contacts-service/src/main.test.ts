import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { keyring, migrate } from '@kith/event-store';
import { query, testDatabase } from '@kith/stack/testing';

test('the service does not start without an encryption key that is in use, and names the key', async () => {
  await using database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../migrations'));
  const { kek, wrapped } = keyring([randomBytes(32)]).create('contact-1').stored;
  await query(database.url, 'insert into data_keys values ($1, $2, $3)', ['contact-1', kek, wrapped]);

  const { code, output } = await run({
    DATABASE_URL: database.url,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  });
  expect(code).toBe(1);
  expect(output).toContain(`MissingKeys: ENCRYPTION_KEY lacks ${kek}`);
});

/** Runs the service until it ends by itself. */
async function run(own: Record<string, string>) {
  const env = {
    PORT: '0',
    HOST: '127.0.0.1',
    METRICS_PORT: '0',
    KAFKA_BROKERS: '127.0.0.1:1',
    INTERNAL_KEY: 'an internal key of at least 32 characters',
    ...own,
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env, timeout: 20_000 });
  let output = '';
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (output += String(data)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
