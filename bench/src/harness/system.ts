import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Client } from 'pg';

import { type Kith, type KithOptions, REPOSITORY, startKith } from './kith.ts';

/** The system of this checkout, with access to what lies behind its API. */
export type System = Kith & {
  /** The key by which the services know each other, and their addresses. */
  readonly internalKey: string;
  readonly contactsUrl: string;
  readonly tokensUrl: string;
  /** Says whether a commit is on the disk when it is acknowledged. */
  readonly durability: string;
};

export async function startSystem(options: KithOptions): Promise<System> {
  await using resources = new AsyncDisposableStack();
  const kith = resources.use(await startKith(REPOSITORY, options));
  const { internalKey } = readJson(join(kith.home, 'keys.json'));
  const ports = readJson(join(kith.home, 'ports.json'));
  const durability = await durabilityOf(kith.databases.contacts);

  const opened = resources.move();
  return {
    ...kith,
    internalKey: String(internalKey),
    contactsUrl: `http://127.0.0.1:${String(ports['contacts-service'])}`,
    tokensUrl: `http://127.0.0.1:${String(ports['token-service'])}`,
    durability,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function durabilityOf(databaseUrl: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ setting: string }>(
      `select string_agg(name || ' ' || setting, ', ' order by name) as setting
         from pg_settings where name in ('fsync', 'synchronous_commit')`,
    );
    return rows[0]?.setting ?? '';
  } finally {
    await client.end();
  }
}

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
