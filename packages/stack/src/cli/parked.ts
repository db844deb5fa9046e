import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { Client } from 'pg';

import type { SystemSummary } from '../system/local-system.ts';
import { homeFolder, UsageError } from './arguments.ts';
import { type Command, readOrExplain } from './command.ts';
import { describeUnpublishable, type Unpublishable, UNPUBLISHABLE } from './unpublishable.ts';

/** Selects parked messages. An absent member selects all. */
type Choice = {
  readonly consumer?: string | undefined;
  readonly topic?: string | undefined;
  readonly partition?: string | undefined;
  readonly offset?: string | undefined;
};

type Parked = {
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly reason: string;
  readonly parkedAt: Date;
  /** Counts its own failures. 0 while it only queues behind another message. */
  readonly attempts: number;
  readonly retryAt: Date;
};

const USAGE = `Usage: npm run kith -- parked list [--consumer NAME] [--topic NAME] [--partition N] [--offset N]
       npm run kith -- parked retry (--all | --consumer NAME [--topic NAME] [--partition N] [--offset N])

A service parks a message that it cannot handle in its database, and later messages of the same key queue behind it. The
service retries each message after a minute, then after pauses that grow up to an hour. 'list' shows each message's place
and the reason, never its content. 'retry' makes the service retry the picked messages now, each after the earlier ones of
its key.

'list' also shows the events that a service could not publish whole, such as one too large for Kafka. They were published
as shells, with their ids only, and stay stored whole.

Environment: DATABASE_URL (the database to look in; default: those of the system that \`npm start\` runs in KITH_HOME).
`;

export const parked: Command = {
  usage: USAGE,
  async run(args, env) {
    process.stdout.write(await answer(args, env));
    return 0;
  },
};

async function answer(args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { action, all, ...pick } = readArguments(args);
  const picksAny = Object.values(pick).some((value) => value !== undefined);
  switch (action) {
    case '':
    case 'list': {
      const databases = databasesOf(env);
      return describe(await listParked(databases, pick), picksAny ? [] : await listUnpublishable(databases));
    }
    case 'retry':
      if (!all && !picksAny) {
        throw new UsageError('Pick the messages to retry, or pass --all: npm run kith -- parked --help');
      }
      return `${await retryParked(databasesOf(env), pick)} will be retried.\n`;
    default:
      throw new UsageError(USAGE);
  }
}

const readArguments = (args: string[]) =>
  readOrExplain(USAGE, () => {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        all: { type: 'boolean', default: false },
        consumer: text,
        topic: text,
        partition: text,
        offset: text,
      },
    });
    const { partition, offset } = values;
    if ([partition, offset].some((number) => number !== undefined && !/^\d+$/.test(number))) {
      throw new Error('--partition and --offset must be numbers.');
    }
    return { action: positionals.join(' '), ...values };
  });

/** Only the environment names the database: the address holds a password, and every user of the machine can read arguments. */
function databasesOf(env: NodeJS.ProcessEnv): string[] {
  if (env['DATABASE_URL']) return [env['DATABASE_URL']];
  const file = join(homeFolder(env), 'system.json');
  try {
    return Object.values((JSON.parse(readFileSync(file, 'utf8')) as SystemSummary).databases);
  } catch (cause) {
    throw new Error(
      `No database to look in: Kith does not run (${file} does not exist); start it, or set DATABASE_URL.`,
      {
        cause,
      },
    );
  }
}

function describe(messages: readonly Parked[], events: readonly Unpublishable[]): string {
  if (messages.length + events.length === 0) return 'Nothing is parked.\n';
  return [...messages.map(describeOne), ...events.map(describeUnpublishable)].join('');
}

function describeOne(message: Parked): string {
  const { consumer, topic, partition, offset, key, reason, parkedAt, attempts, retryAt } = message;
  const again = attempts > 0 ? `  failed ${attempts}×, again at ${retryAt.toISOString()}` : '';
  return `${consumer}  ${topic}/${partition}@${offset}  key ${key ?? '–'}  since ${parkedAt.toISOString()}${again}\n  ${reason}\n`;
}

const PICKED = `($1::text is null or consumer = $1) and ($2::text is null or topic = $2)
            and ($3::int is null or partition = $3) and ($4::bigint is null or "offset" = $4)`;

const parameters = ({ consumer, topic, partition, offset }: Choice) => [consumer, topic, partition, offset];

/** Lists places and reasons. The content may be personal data, so it is not read. */
export const listParked = (databases: readonly string[], choice: Choice): Promise<Parked[]> =>
  inEach(databases, async (client) => {
    const { rows } = await client.query<Parked>(
      `select consumer, topic, partition, "offset", key, reason,
              parked_at as "parkedAt", attempts, retry_at as "retryAt"
         from parked_messages
        where ${PICKED}
        order by consumer, topic, partition, "offset"`,
      parameters(choice),
    );
    return rows;
  });

/** Lists the events that the services could not publish whole. */
export const listUnpublishable = (databases: readonly string[]): Promise<Unpublishable[]> =>
  inEach(databases, async (client) => (await client.query<Unpublishable>(UNPUBLISHABLE)).rows);

/** Makes the services retry the messages now, with those that they queue behind. Returns their number. */
export async function retryParked(databases: readonly string[], choice: Choice): Promise<number> {
  const counts = await inEach(databases, async (client) => {
    const { rowCount } = await client.query(
      `with picked as (select * from parked_messages where ${PICKED})
       update parked_messages m set retry_at = now()
        where exists (select from picked p
                       where (p.consumer, p.topic, p.partition) = (m.consumer, m.topic, m.partition)
                         and (p."offset" = m."offset" or (p.key = m.key and p."offset" > m."offset")))`,
      parameters(choice),
    );
    return [rowCount ?? 0];
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

const UNDEFINED_TABLE = '42P01'; // This service parks nothing.

async function inEach<Result>(
  databases: readonly string[],
  work: (client: Client) => Promise<Result[]>,
): Promise<Result[]> {
  const results = databases.map(async (connectionString) => {
    const client = new Client({ connectionString, connectionTimeoutMillis: 5000, query_timeout: 30_000 });
    try {
      await client.connect();
      return await work(client);
    } catch (error) {
      if (Error.isError(error) && 'code' in error && error.code === UNDEFINED_TABLE) return [];
      throw error;
    } finally {
      await client.end();
    }
  });
  return (await Promise.all(results)).flat();
}
