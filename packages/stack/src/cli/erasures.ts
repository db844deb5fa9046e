import { UsageError } from './arguments.ts';
import type { Command } from './command.ts';
import { contactsStore } from './installation.ts';
import { runScript } from './run-script.ts';

const USAGE = `Usage: npm run --silent kith -- erasures > FILE

Prints the ledger of erasures as lines of JSON: numbers, workspaces and times, no personal data. Keep it apart from the backups,
and newer than they are: 'repair-feed --erasures FILE' repeats the erasures that a restore has undone.

Environment: DATABASE_URL and ENCRYPTION_KEY of contacts-service (default: those of the system in KITH_HOME).
`;

export const erasures: Command = {
  usage: USAGE,
  async run(args, env) {
    if (args.length > 0) throw new UsageError(USAGE);
    await using store = await contactsStore(env);
    return await runScript('contacts-service', ['erasures.ts'], store.settings);
  },
};
