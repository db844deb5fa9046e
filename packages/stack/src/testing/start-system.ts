import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { NewAccount, NewToken } from '@kith/contracts/tokens';

import { ask } from '../system/ask.ts';
import { type Demo, issueToken, newDemo, newTenant } from '../system/demo.ts';
import { startDns } from '../dns/dns.ts';
import { type InstallationKeys, newKeys } from '../system/keys.ts';
import { freePort, LOOPBACK } from '../process/ports.ts';
import { processRecord } from '../process/process-record.ts';
import { startService } from '../system/service.ts';
import { APPS, type Databases, type ServiceName, type Services, startServices } from '../system/services.ts';
import { newPorts } from '../system/system-ports.ts';
import { checkRows } from './check-rows.ts';
import { testDatabase } from './database.ts';
import { eventually } from './eventually.ts';
import { testTopics } from './topics.ts';

type Environment = Readonly<Record<string, string>>;
type Tenant = Omit<Demo, 'listId'>;

type SystemOptions = {
  /** Settings for all services, such as `{ VERIFICATION_DEADLINE: '1' }`. */
  readonly env?: Environment;
  /** Where a line of progress goes, such as that a service is started again. */
  readonly log?: (line: string) => void;
};

export type System = AsyncDisposable &
  Tenant &
  Omit<Services, keyof AsyncDisposable | 'settings'> &
  InstallationKeys & {
    readonly brokers: readonly string[];
    /** What the names of its topics begin with. */
    readonly prefix: string;
    readonly databases: Databases;
    /** The pid of each service; another one after it was killed. */
    readonly processes: Readonly<Record<string, number>>;
    /** A new token, of the demo workspace unless told otherwise. */
    readonly issueToken: (options?: Partial<NewToken>) => Promise<string>;
    /** A new account with a token of its own that may do everything, without limit unless told otherwise. */
    readonly newTenant: (options?: Partial<NewAccount>) => Promise<Tenant>;
    /** One more gateway to the same services, with settings of its own if any; its url. */
    readonly startGateway: (env?: Environment) => Promise<string>;
    /** One more of a service beside the one there is, with settings of its own; its url. */
    readonly startReplica: (name: ServiceName, env: Environment) => Promise<string>;
    /** Ends a service's process by a signal; resolves when another runs in its place and is ready. */
    readonly restart: (name: ServiceName, signal: 'SIGKILL' | 'SIGTERM') => Promise<void>;
    /** Stops all services, does something to what they keep, and starts them again. */
    readonly whileStopped: (work: () => Promise<void>) => Promise<void>;
    /** The ids of rows that are not what their streams fold to, by service and table. All empty where all is well. */
    readonly checkRows: () => Promise<Record<string, Record<string, string[]>>>;
    /** All that the services have written so far. */
    readonly logs: () => string;
  };

const UNLIMITED: NewAccount = {
  name: 'Tenant',
  plan: 'enterprise',
  limits: { native: { readsPerMinute: null, writesPerMinute: null } },
};

/** A service that a test kills for the tenth time comes back as soon as the first time. */
const impatient = {
  now: () => performance.now(),
  wait: (_: number, signal: AbortSignal) => delay(50, undefined, { signal }),
};

/**
 * The whole system as processes, on the run's PostgreSQL and Kafka with databases and topics of its own. It is started
 * by the code of `npm start`.
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
    const shown = env['TLS_CERT'];
    const started = await startService({
      name,
      main: join(APPS, name, 'src/main.ts'),
      port,
      certificate: shown,
      env,
      logFile: join(folder, `${name}-${port}.log`),
      signal,
    });
    opened.use(started);
    return `${shown ? 'https' : 'http'}://${LOOPBACK}:${port}`;
  }

  async function restart(name: ServiceName, by: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const before = record.pids()[name]!;
    process.kill(before, by);
    const scheme = name === 'api-gateway' ? new URL(gatewayUrl).protocol : 'http:';
    const url = `${scheme}//${LOOPBACK}:${ports[name].http}/readyz`;
    const isReady = async () => {
      if (record.pids()[name] === before) throw new Error(`${name} has not been started again.`);
      const { ok } = await ask(url, { certificate, signal: AbortSignal.timeout(5000) });
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

/** Another test file's system may draw the same port before this one listens: then once more, with others. */
async function onFreePorts<Started>(start: (ports: ServicePorts) => Promise<Started>): Promise<Started> {
  const ports = (await newPorts()).services;
  try {
    return await start(ports);
  } catch (error) {
    if (!Error.isError(error) || !error.message.includes('EADDRINUSE')) throw error;
    return start((await newPorts()).services);
  }
}
