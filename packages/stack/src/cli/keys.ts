import { parseArgs } from 'node:util';

import { UsageError } from './arguments.ts';
import { type Command, readOrExplain } from './command.ts';
import { contactsStore } from './installation.ts';
import { runScript } from './run-script.ts';

const USAGE = `Usage: npm run kith -- keys status
       npm run kith -- keys rewrap

Each contact has a data key that seals its personal data, and ENCRYPTION_KEY wraps the data keys. 'status' says how many data
keys each encryption key wraps, which key you may remove from ENCRYPTION_KEY, and which key is missing from it (exit code 1).
'rewrap' wraps all data keys with the first encryption key while the services run. You can stop it; the next run continues.
The id of a key is the start of its SHA-256.

Environment: DATABASE_URL and ENCRYPTION_KEY of contacts-service (default: those of the system in KITH_HOME).
`;

export const keys: Command = {
  usage: USAGE,
  async run(args, env) {
    const action = readAction(args);
    await using store = await contactsStore(env);
    return await runScript('contacts-service', ['keys.ts', action], store.settings);
  },
};

function readAction(args: string[]): 'status' | 'rewrap' {
  const { positionals } = readOrExplain(USAGE, () => parseArgs({ args, allowPositionals: true, options: {} }));
  const [action, ...more] = positionals;
  if ((action !== 'status' && action !== 'rewrap') || more.length > 0) throw new UsageError(USAGE);
  return action;
}
