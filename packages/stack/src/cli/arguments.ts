import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** An argument or a variable that cannot be used. The command prints the sentence and exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Usage: npm start [-- --json] [--fresh] [--help]

Starts PostgreSQL, Kafka and the four services, and keeps them running until Ctrl-C. The data is kept.

  --json   print progress on stderr, and one line of JSON on stdout when everything answers
  --fresh  delete the data of earlier starts first
  --help   print this text

Environment: PORT (3000), KITH_HOME (.kith), OPERATOR_KEY, DATABASE_URL, KAFKA_BROKERS, KAFKA_TOPIC_PREFIX (kith),
TLS_CERT and TLS_KEY (files; the gateway then speaks https), REDIS_URL, DNS_SERVERS, WEBHOOK_ALLOWED_NETWORKS,
KITH_STACK=docker, LOG_LEVEL.
`;

const REPOSITORY = resolve(import.meta.dirname, '../../../..');
const SHORTEST_KEY = 32;

export function readArguments(argv: readonly string[], environment: NodeJS.ProcessEnv) {
  const { json, fresh, help } = flags(argv);
  // An empty variable counts as not set.
  const env = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  if (env['OPERATOR_KEY'] && env['OPERATOR_KEY'].length < SHORTEST_KEY) {
    throw new UsageError(`OPERATOR_KEY must have at least ${SHORTEST_KEY} characters.`);
  }
  if (fresh && (env['DATABASE_URL'] || env['KAFKA_BROKERS'])) {
    throw new UsageError(
      '--fresh deletes only the data in KITH_HOME. With DATABASE_URL or KAFKA_BROKERS, drop the databases and topics yourself.',
    );
  }
  return { json, fresh, help, home: homeFolder(env), port: portOf(env['PORT']), env };
}

/** The data folder: `.kith` beside the code unless KITH_HOME names another. */
export const homeFolder = ({ KITH_HOME }: NodeJS.ProcessEnv): string => resolve(REPOSITORY, KITH_HOME || '.kith');

function flags(argv: readonly string[]) {
  try {
    const flag = { type: 'boolean', default: false } as const;
    return parseArgs({ args: [...argv], options: { json: flag, fresh: flag, help: flag } }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.replace(/\. .*/s, '')}. See npm start -- --help`);
  }
}

function portOf(text = '3000'): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`PORT must be a number from 0 to 65535; it is '${text}'.`);
}
