import { appendFile, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { type Command, readOrExplain } from './command.ts';
import { type Installation, stoppedInstallation } from './installation.ts';
import { runScript } from './run-script.ts';

const USAGE = `Usage: npm run kith -- repair-feed [--erasures FILE] [--skip N]

Run this after a restore of any of the databases, before the services start. It makes the events readable on this server and
publishes those that were due. It makes sure that no new contact or list gets a number that somebody has seen. It repeats the
erasures that the backup does not know. It publishes those contacts again of which others have seen later versions. It refuses
to work while services use the databases, and you can run it again.

  --erasures FILE  also repeat the erasures in this ledger, which 'kith erasures' printed after the backup
  --skip N         leave out so many numbers after the last known one, which clients may have seen (100000)

Environment: CONTACTS_DATABASE_URL, VERIFICATION_DATABASE_URL, TOKENS_DATABASE_URL (the services' DATABASE_URL, with the owner
of the tables as the login) and ENCRYPTION_KEY. Default: the databases that \`npm start\` keeps in KITH_HOME.
`;

const SKIPPED = '100000';

export const repairFeed: Command = {
  usage: USAGE,
  async run(args, env) {
    const { erasures, skip } = readArguments(args);
    const ledger = erasures === undefined ? '' : await readFile(erasures, 'utf8');
    await using installation = await restoredInstallation(env);
    const { databases, encryptionKey } = installation;
    await using resources = new AsyncDisposableStack();
    const folder = resources.adopt(await mkdtemp(join(tmpdir(), 'kith-repair-')), (path) =>
      rm(path, { recursive: true }),
    );

    const contacts = { DATABASE_URL: databases.contacts, ENCRYPTION_KEY: encryptionKey };
    const verification = { DATABASE_URL: databases.verification };
    const tokens = { DATABASE_URL: databases.tokens };
    const seen = join(folder, 'seen');
    const erased = join(folder, 'erased');
    await appendFile(seen, `${ledger}\n`);
    // Each file is complete before a script reads it.
    const steps = [
      () => runScript('token-service', ['repair.ts'], tokens),
      () => appending(seen, (output) => runScript('verification-service', ['known.ts'], verification, { output })),
      () => reading(seen, (input) => runScript('contacts-service', ['repair.ts', skip], contacts, { input })),
      () => appending(erased, (output) => runScript('contacts-service', ['erasures.ts'], contacts, { output })),
      () => reading(erased, (input) => runScript('verification-service', ['repair.ts'], verification, { input })),
    ];
    for (const step of steps) {
      const code = await step();
      if (code !== 0) return code;
    }
    process.stdout.write('The services can be started.\n');
    return 0;
  },
};

const readArguments = (args: string[]) =>
  readOrExplain(USAGE, () => {
    const { values } = parseArgs({
      args,
      options: { erasures: { type: 'string' }, skip: { type: 'string', default: SKIPPED } },
    });
    if (!/^\d{1,9}$/.test(values.skip)) throw new Error('--skip must be a number of at most nine digits.');
    return values;
  });

async function restoredInstallation(env: NodeJS.ProcessEnv): Promise<Installation> {
  const names = [
    'CONTACTS_DATABASE_URL',
    'VERIFICATION_DATABASE_URL',
    'TOKENS_DATABASE_URL',
    'ENCRYPTION_KEY',
  ] as const;
  const [contacts, verification, tokens, encryptionKey] = names.map((name) => env[name] || undefined);
  if (!contacts && !verification && !tokens) return stoppedInstallation(env);
  if (contacts && verification && tokens && encryptionKey) {
    return { databases: { contacts, verification, tokens }, encryptionKey, async [Symbol.asyncDispose]() {} };
  }
  // With a database missing, numbers would be given twice and erased people would be kept.
  throw new Error(`Not set: ${names.filter((name) => !env[name]).join(', ')}. The repair needs all of them.`);
}

async function appending(file: string, work: (descriptor: number) => Promise<number>): Promise<number> {
  await using opened = await open(file, 'a');
  return await work(opened.fd);
}

async function reading(file: string, work: (descriptor: number) => Promise<number>): Promise<number> {
  await using opened = await open(file, 'r');
  return await work(opened.fd);
}
