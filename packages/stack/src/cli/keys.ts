import { parseArgs } from 'node:util';

import { UsageError } from './arguments.ts';
import { type Command, readOrExplain } from './command.ts';
import { contactsStore } from './installation.ts';
import { runScript } from './run-script.ts';

const USAGE = `Usage: npm run kith -- keys status
       npm run kith -- keys rewrap

Personal data are sealed by a data key for each contact, and data keys are wrapped by ENCRYPTION_KEY. 'status' says how many
data keys each encryption key wraps, which may be taken out of ENCRYPTION_KEY, and which is missing from it (exit code 1).
'rewrap' wraps all data keys by the first encryption key while the services run; it can be stopped, and goes on where it was.
Keys are called by ids, the start of their SHA-256.

Environment: DATABASE_URL and ENCRYPTION_KEY of contacts-service (without them, those of the system in KITH_HOME).
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
