import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import type { SystemSummary } from '../local-system.ts';
import { homeFolder, UsageError } from './arguments.ts';
import { listParked, retryParked } from './parked.ts';

const USAGE = `Usage: npm run kith -- parked list [--consumer NAME] [--topic NAME] [--partition N] [--offset N]
       npm run kith -- parked retry (--all | --consumer NAME [--topic NAME] [--partition N] [--offset N])

A message that a service cannot handle is parked in its database, and later ones of its key queue behind it. 'list' says
where each stood and why it is there, never what it says; 'retry' has the service try the picked ones again.

Environment: DATABASE_URL (where to look; without it, the databases of the system that \`npm start\` runs in KITH_HOME).
`;

try {
  process.stdout.write(await answer(process.argv.slice(2), process.env));
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function answer(argv: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { command, help, all, ...pick } = readCommand(argv);
  if (help) return USAGE;
  switch (command) {
    case 'parked list':
      return describe(await listParked(databasesOf(env), pick));
    case 'parked retry':
      if (!all && Object.values(pick).every((value) => value === undefined)) {
        throw new UsageError('Which of them? Say --all, or pick some: npm run kith -- --help');
      }
      return `${await retryParked(databasesOf(env), pick)} to be tried again.\n`;
    default:
      throw new UsageError(USAGE);
  }
}

function readCommand(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { help: flag, all: flag, consumer: text, topic: text, partition: text, offset: text },
    });
    const { partition, offset } = values;
    if ([partition, offset].some((number) => number !== undefined && !/^\d+$/.test(number))) {
      throw new Error('--partition and --offset are numbers.');
    }
    return { command: positionals.join(' '), ...values };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** The address holds a password, so it comes by the environment: everybody on the machine can read the arguments. */
function databasesOf(env: NodeJS.ProcessEnv): string[] {
  if (env['DATABASE_URL']) return [env['DATABASE_URL']];
  const file = join(homeFolder(env), 'system.json');
  try {
    return Object.values((JSON.parse(readFileSync(file, 'utf8')) as SystemSummary).databases);
  } catch (cause) {
    throw new Error(`Which database? Kith does not run (${file} is not there); start it, or set DATABASE_URL.`, {
      cause,
    });
  }
}

type Listed = Awaited<ReturnType<typeof listParked>>;

function describe(messages: Listed): string {
  if (messages.length === 0) return 'Nothing is parked.\n';
  return messages.map(describeOne).join('');
}

function describeOne(message: Listed[number]): string {
  const { consumer, topic, partition, offset, key, reason, parkedAt, retryRequestedAt } = message;
  const asked = retryRequestedAt ? '  to be tried again' : '';
  return `${consumer}  ${topic}/${partition}@${offset}  key ${key ?? '–'}  since ${parkedAt.toISOString()}${asked}\n  ${reason}\n`;
}
