import { rmSync } from 'node:fs';

import { createDatabase } from '../postgres/database.ts';
import { type Demo, rememberedDemo } from './demo.ts';
import { startDns } from '../dns/dns.ts';
import { writeWholeSync } from '../files/files.ts';
import { openHome } from './home.ts';
import { rememberedKeys } from './keys.ts';
import { choosePort } from '../process/ports.ts';
import { processRecord } from '../process/process-record.ts';
import { startServers } from './servers.ts';
import { databaseNames, type Databases, startServices } from './services.ts';
import { rememberedPorts } from './ports.ts';
import { createTopics, topicNames } from '../kafka/topics.ts';
import type { Progress } from '../process/way.ts';

export type LocalSystemOptions = {
  /** Keeps the data, the keys, the demo token and the logs; absolute. */
  readonly home: string;
  /** Deletes the content of `home` first. */
  readonly fresh: boolean;
  /** The gateway's port; 0 for any. */
  readonly port: number;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Progress;
  readonly signal: AbortSignal;
};

/** Everything that a script needs to use the system. `<home>/system.json` is kept current. */
export type SystemSummary = Omit<Demo, 'listId'> & {
  readonly gatewayUrl: string;
  readonly operatorKey: string;
  readonly kafkaBrokers: readonly string[];
  readonly topics: ReturnType<typeof topicNames>;
  readonly databases: Databases;
  readonly processes: Readonly<Record<string, number>>;
  readonly home: string;
};

export type LocalSystem = AsyncDisposable & { readonly summary: SystemSummary; readonly demoList: number };

/** Whoever stops us waits ten seconds before treating us as hung. */
const STOP_WITHIN = 9000;

/** Starts everything that `npm start` starts, and keeps it running: PostgreSQL, Kafka, a name server and the four services. */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const { env, log, signal } = options;
  await using resources = new AsyncDisposableStack();
  const home = resources.use(await openHome(options.home, options.fresh, log));
  const ports = await rememberedPorts(home.ports, await gatewayPort(options.port));
  const keys = { ...(await rememberedKeys(home.keys)), ...operatorKey(env) };

  const record = processRecord(home.processes);
  resources.defer(record.kill);
  signal.addEventListener('abort', () => setTimeout(record.kill, STOP_WITHIN).unref());
  // There is no summary before the demo account is known.
  let keepSummary = () => {};
  const running = { record, onStarted: () => keepSummary(), env, log, signal };

  const { databaseUrl, brokers } = resources.use(
    await timed('PostgreSQL and Kafka', options, () => startServers({ ...running, home, ports })),
  );
  const prefix = env['KAFKA_TOPIC_PREFIX'] || 'kith';
  const topics = topicNames(prefix);
  const databases = await timed('Databases and topics', options, async () => {
    await createTopics(brokers, Object.values(topics));
    return createDatabases(databaseUrl, prefix);
  });

  const dns = resources.use(await startDns(forwarding(env)));
  const services = resources.use(
    await timed('Services', options, () =>
      startServices({
        ...running,
        databases,
        brokers,
        prefix,
        dnsServer: dns.address,
        keys,
        ports: ports.services,
        logFolder: home.logs,
      }),
    ),
  );
  const gateway = { gatewayUrl: services.gatewayUrl, operatorKey: keys.operatorKey };
  const { certificate } = services;
  const { listId, ...demo } = await timed('Demo account', options, () =>
    rememberedDemo(home.demo, { ...gateway, certificate }),
  );

  const summary = (): SystemSummary => ({
    ...gateway,
    ...demo,
    kafkaBrokers: brokers,
    topics,
    databases,
    processes: record.pids(),
    home: home.folder,
  });
  keepSummary = () => writeWholeSync(home.summary, `${JSON.stringify(summary())}\n`, 0o600);
  keepSummary();
  resources.defer(() => {
    keepSummary = () => {};
    rmSync(home.summary, { force: true });
  });

  const everything = resources.move();
  return { summary: summary(), demoList: listId, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}

/** Logs the work and how long it took. Throws once the system must stop. */
async function timed<Result>(
  what: string,
  { log, signal }: LocalSystemOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  signal.throwIfAborted();
  log(`${what} …`);
  const start = performance.now();
  const result = await work();
  log(`${what}: ready after ${((performance.now() - start) / 1000).toFixed(1)} s`);
  signal.throwIfAborted();
  return result;
}

async function gatewayPort(wanted: number): Promise<number> {
  try {
    return wanted === 0 ? 0 : await choosePort('The gateway', wanted);
  } catch (error) {
    throw new Error(`${(error as Error).message} For example: PORT=${wanted + 1} npm start`, { cause: error });
  }
}

async function createDatabases(server: string, prefix: string): Promise<Databases> {
  const names = databaseNames(prefix);
  const [contacts, verification, tokens] = await Promise.all([
    createDatabase(server, names.contacts),
    createDatabase(server, names.verification),
    createDatabase(server, names.tokens),
  ]);
  return { contacts, verification, tokens };
}

const operatorKey = ({ OPERATOR_KEY }: NodeJS.ProcessEnv) => (OPERATOR_KEY ? { operatorKey: OPERATOR_KEY } : {});

const forwarding = ({ DNS_SERVERS }: NodeJS.ProcessEnv) => (DNS_SERVERS ? { forwardTo: DNS_SERVERS.split(',') } : {});
