import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { NewAccount, NewToken } from '@kith/contracts/tokens';

import { request } from '../system/request.ts';
import { type Demo, issueToken, newDemo, newTenant } from '../system/demo.ts';
import { startDns } from '../dns/dns.ts';
import { type InstallationKeys, newKeys } from '../system/keys.ts';
import { freePort, LOOPBACK } from '../process/ports.ts';
import { processRecord } from '../process/process-record.ts';
import { startService } from '../system/service.ts';
import { APPS, type Databases, type ServiceName, type Services, startServices } from '../system/services.ts';
import { newPorts } from '../system/ports.ts';
import { checkRows } from './check-rows.ts';
import { testDatabase } from './database.ts';
import { eventually } from './eventually.ts';
import { testTopics } from './topics.ts';

type Environment = Readonly<Record<string, string>>;
type Tenant = Omit<Demo, 'listId'>;

type SystemOptions = {
  /** Settings for all services, such as `{ VERIFICATION_DEADLINE: '1' }`. */
  readonly env?: Environment;
  /** Receives each line of progress, such as the restart of a service. */
  readonly log?: (line: string) => void;
};

export type System = AsyncDisposable &
  Tenant &
  Omit<Services, keyof AsyncDisposable | 'settings'> &
  InstallationKeys & {
    readonly brokers: readonly string[];
    /** The prefix of its topics' names. */
    readonly prefix: string;
    readonly databases: Databases;
    /** The current pid of each service. It changes when a service is restarted. */
    readonly processes: Readonly<Record<string, number>>;
    /** Creates a token, by default in the demo workspace. */
    readonly issueToken: (options?: Partial<NewToken>) => Promise<string>;
    /** Creates an account with a token that may do everything. It has no limits by default. */
    readonly newTenant: (options?: Partial<NewAccount>) => Promise<Tenant>;
    /** Starts one more gateway to the same services, with settings of its own if any. Returns its url. */
    readonly startGateway: (env?: Environment) => Promise<string>;
    /** Starts one more process of a service, with settings of its own. Returns its url. */
    readonly startReplica: (name: ServiceName, env: Environment) => Promise<string>;
    /** Ends a service's process by a signal. Resolves when its replacement is ready. */
    readonly restart: (name: ServiceName, signal: 'SIGKILL' | 'SIGTERM') => Promise<void>;
    /** Stops all services, runs `work` on their data, and starts them again. */
    readonly whileStopped: (work: () => Promise<void>) => Promise<void>;
    /** Returns the ids of rows that differ from the fold of their streams, by service and table. All lists should be empty. */
    readonly checkRows: () => Promise<Record<string, Record<string, string[]>>>;
    /** Everything that the services have logged so far. */
    readonly logs: () => string;
  };

const UNLIMITED: NewAccount = {
  name: 'Tenant',
  plan: 'enterprise',
  limits: { native: { readsPerMinute: null, writesPerMinute: null } },
};

/** Restarts a service without growing pauses, so that the tenth kill of a test costs no more than the first. */
const impatient = {
  now: () => performance.now(),
  wait: (_: number, signal: AbortSignal) => delay(50, undefined, { signal }),
};

/**
 * Starts the whole system as processes, by the code of `npm start`. It uses the run's PostgreSQL and Kafka, with its own
 * databases and topics.
 */
export async function startSystem({ env = {}, log = () => {} }: SystemOptions = {}): Promise<System> {
  await using resources = new AsyncDisposableStack();
  const folder = resources.adopt(mkdtempSync(join(tmpdir(), 'kith-system-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  const [contacts, verification, tokens, topics, dns] = await Promise.all([
    testDatabase(),
    testDatabase(),
    testDatabase(),
    testTopics(),
    startDns(),
  ]);
  for (const resource of [contacts, verification, tokens, topics, dns]) resources.use(resource);
  const databases = { contacts: contacts.url, verification: verification.url, tokens: tokens.url };
  const { brokers, prefix } = topics;

  const keys = newKeys();
  const record = processRecord(join(folder, 'processes.json'));
  const { signal } = new AbortController();
  const start = async (ports: ServicePorts) => ({
    ports,
    ...(await startServices({
      databases,
      brokers,
      prefix,
      dnsServer: dns.address,
      keys,
      ports,
      logFolder: folder,
      record,
      clock: impatient,
      env: { PATH: process.env['PATH'], ...env },
      log,
      signal,
    })),
  });
  let started = await onFreePorts(start);
  resources.defer(() => started[Symbol.asyncDispose]());
  const { settings, ports, gatewayUrl, contactsUrl, tokensUrl, certificate } = started;
  const gateway = { gatewayUrl, certificate, operatorKey: keys.operatorKey };
  const { accountId, workspaceId, token } = await newDemo(gateway);

  async function startReplica(name: ServiceName, own: Environment): Promise<string> {
    const port = await freePort();
    const env: NodeJS.ProcessEnv = { ...settings[name], PORT: String(port), METRICS_PORT: '0', ...own };
    const certificate = env['TLS_CERT'];
    const started = await startService({
      name,
      main: join(APPS, name, 'src/main.ts'),
      port,
      certificate,
      env,
      logFile: join(folder, `${name}-${port}.log`),
      signal,
    });
    opened.use(started);
    return `${certificate ? 'https' : 'http'}://${LOOPBACK}:${port}`;
  }

  async function restart(name: ServiceName, by: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const before = record.pids()[name]!;
    process.kill(before, by);
    const scheme = name === 'api-gateway' ? new URL(gatewayUrl).protocol : 'http:';
    const url = `${scheme}//${LOOPBACK}:${ports[name].http}/readyz`;
    const isReady = async () => {
      if (record.pids()[name] === before) throw new Error(`${name} has not been started again.`);
      const { ok } = await request(url, { certificate, signal: AbortSignal.timeout(5000) });
      if (!ok) throw new Error(`${name} is not ready.`);
    };
    await eventually(isReady, { timeout: 60_000 });
  }

  async function whileStopped(work: () => Promise<void>): Promise<void> {
    await started[Symbol.asyncDispose]();
    await work();
    started = await start(ports);
  }

  const opened = resources.move();
  return {
    ...keys,
    gatewayUrl,
    certificate,
    contactsUrl,
    tokensUrl,
    token,
    accountId,
    workspaceId,
    brokers,
    prefix,
    databases,
    get processes() {
      return record.pids();
    },
    issueToken: (options) => issueToken(gateway, { name: 'Test', workspaceId, ...options }),
    newTenant: (options) => newTenant(gateway, { ...UNLIMITED, ...options }),
    startGateway: (own = {}) => startReplica('api-gateway', own),
    startReplica,
    restart,
    whileStopped,
    checkRows: () => checkRows(settings),
    logs: () => logsIn(folder),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const logsIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.includes('.log'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');

type ServicePorts = Awaited<ReturnType<typeof newPorts>>['services'];

/** Another test file's system may take one of the ports before this one listens. Then the start is repeated once with new ports. */
async function onFreePorts<Started>(start: (ports: ServicePorts) => Promise<Started>): Promise<Started> {
  const ports = (await newPorts()).services;
  try {
    return await start(ports);
  } catch (error) {
    if (!Error.isError(error) || !error.message.includes('EADDRINUSE')) throw error;
    return start((await newPorts()).services);
  }
}
