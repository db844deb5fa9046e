import { UsageError } from './arguments.ts';
import type { Command } from './command.ts';
import { erasures } from './erasures.ts';
import { keys } from './keys.ts';
import { parked } from './parked.ts';
import { repairFeed } from './repair-feed.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  erasures,
  keys,
  parked,
  'repair-feed': repairFeed,
};

try {
  process.exitCode = await run(process.argv.slice(2), process.env);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function run([name = '--help', ...args]: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command && !args.includes('--help')) return command.run(args, env);
  const usage =
    command?.usage ??
    Object.values(COMMANDS)
      .map((command) => command.usage)
      .join('\n');
  if (!command && name !== '--help') throw new UsageError(`There is no command '${name}'.\n\n${usage}`);
  process.stdout.write(usage);
  return 0;
}
