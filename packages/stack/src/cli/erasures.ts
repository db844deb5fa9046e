import { UsageError } from './arguments.ts';
import type { Command } from './command.ts';
import { contactsStore } from './installation.ts';
import { runScript } from './run-script.ts';

const USAGE = `Usage: npm run --silent kith -- erasures > FILE

Prints the ledger of erasures, a line of JSON each: numbers, workspaces and times, nothing of a person. Keep it apart from the
backups and newer than they are; 'repair-feed --erasures FILE' carries out again what a restore has undone.

Environment: DATABASE_URL and ENCRYPTION_KEY of contacts-service (without them, those of the system in KITH_HOME).
`;

export const erasures: Command = {
  usage: USAGE,
  async run(args, env) {
    if (args.length > 0) throw new UsageError(USAGE);
    await using store = await contactsStore(env);
    return await runScript('contacts-service', ['erasures.ts'], store.settings);
  },
};
