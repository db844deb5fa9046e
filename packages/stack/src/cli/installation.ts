import { existsSync, readFileSync } from 'node:fs';

import { databaseOn } from '../postgres/database.ts';
import { filesIn, openHome } from '../system/home.ts';
import { rememberedKeys } from '../system/keys.ts';
import type { SystemSummary } from '../system/local-system.ts';
import { isHeld } from '../system/lock.ts';
import { startPostgres } from '../postgres/postgres.ts';
import { processRecord } from '../process/process-record.ts';
import { databaseNames, type Databases } from '../system/services.ts';
import { homeFolder } from './arguments.ts';
import type { StoreSettings } from './run-script.ts';

/** The databases and the key that an operator's command works on. */
export type Installation = AsyncDisposable & { readonly databases: Databases; readonly encryptionKey: string };

/** The settings that the scripts of contacts-service need. In the service's own container the environment has them already. */
export async function contactsStore(env: NodeJS.ProcessEnv): Promise<AsyncDisposable & { settings: StoreSettings }> {
  const { DATABASE_URL, ENCRYPTION_KEY } = env;
  if (DATABASE_URL && ENCRYPTION_KEY) {
    return { settings: { DATABASE_URL, ENCRYPTION_KEY }, async [Symbol.asyncDispose]() {} };
  }
  const home = await homeInstallation(env);
  return {
    settings: { DATABASE_URL: home.databases.contacts, ENCRYPTION_KEY: home.encryptionKey },
    [Symbol.asyncDispose]: () => home[Symbol.asyncDispose](),
  };
}

/** The system in KITH_HOME, whether it runs or not. */
async function homeInstallation(env: NodeJS.ProcessEnv): Promise<Installation> {
  const home = filesIn(homeFolder(env));
  if (!isHeld(home.folder) || !existsSync(home.summary)) return stoppedInstallation(env);
  const { databases } = JSON.parse(readFileSync(home.summary, 'utf8')) as SystemSummary;
  const { encryptionKey } = await rememberedKeys(home.keys);
  return { databases, encryptionKey, async [Symbol.asyncDispose]() {} };
}

/** The system in KITH_HOME while it is stopped, with its PostgreSQL started for this command alone. Refuses while the system runs. */
export async function stoppedInstallation(env: NodeJS.ProcessEnv): Promise<Installation> {
  const folder = homeFolder(env);
  if (!existsSync(filesIn(folder).keys)) {
    throw new Error(`Kith has never run in ${folder}. Set KITH_HOME, or the variables that --help names.`);
  }
  // Ctrl-C reaches the command's child too. PostgreSQL is stopped after the child.
  process.on('SIGINT', () => {});
  await using resources = new AsyncDisposableStack();
  const home = resources.use(await openHome(folder, false, say));
  const postgres = resources.use(await startPostgres({ folder: home.postgres, durable: true, log: say, env }));
  // If this process is killed, the next start ends PostgreSQL.
  processRecord(home.processes).add('postgres', postgres.pid);
  const names = databaseNames(env['KAFKA_TOPIC_PREFIX'] || 'kith');
  const { encryptionKey } = await rememberedKeys(home.keys);
  const opened = resources.move();
  return {
    databases: {
      contacts: databaseOn(postgres.url, names.contacts),
      verification: databaseOn(postgres.url, names.verification),
      tokens: databaseOn(postgres.url, names.tokens),
    },
    encryptionKey,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const say = (line: string) => process.stderr.write(`${line}\n`);
