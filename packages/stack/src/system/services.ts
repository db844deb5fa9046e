import { join, resolve } from 'node:path';

import { cacheFolder } from '../files/cache-folder.ts';
import type { InstallationKeys } from './keys.ts';
import { LOOPBACK } from '../process/ports.ts';
import type { ProcessRecord } from '../process/process-record.ts';
import { setLogAside, startService } from './service.ts';
import { environmentOf } from './service-settings.ts';
import { type Clock, supervise } from '../process/supervise.ts';
import { startAll } from '../process/start-all.ts';
import { watchLogs } from './watch-logs.ts';
import type { Progress } from '../process/way.ts';

/** The gateway is last, because it calls the others. */
export const SERVICES = ['contacts-service', 'token-service', 'verification-service', 'api-gateway'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The ports of a service: for requests and for its metrics. */
type ServicePorts = { readonly http: number; readonly metrics: number };

/** An address for each service that has a database. */
export type Databases = { readonly contacts: string; readonly verification: string; readonly tokens: string };

/** The names of these databases on one server. */
export const databaseNames = (prefix: string): Databases => ({
  contacts: `${prefix}_contacts`,
  verification: `${prefix}_verification`,
  tokens: `${prefix}_tokens`,
});

type SettingsOptions = {
  readonly databases: Databases;
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly dnsServer: string;
  readonly keys: InstallationKeys;
  readonly ports: Readonly<Record<ServiceName, ServicePorts>>;
  /** The environment of `npm start`. Each service gets only its own settings from it. */
  readonly env: NodeJS.ProcessEnv;
};

type ServicesOptions = SettingsOptions & {
  readonly logFolder: string;
  readonly record: ProcessRecord;
  /** Called when a service has started or restarted. */
  readonly onStarted?: () => void;
  /** Measures the pauses before a service is started again. */
  readonly clock?: Clock;
  readonly log: Progress;
  readonly signal: AbortSignal;
};

export type Services = AsyncDisposable & {
  readonly gatewayUrl: string;
  /** The file of the gateway's certificate, when it speaks TLS. */
  readonly certificate: string | undefined;
  readonly contactsUrl: string;
  readonly tokensUrl: string;
  /** The environment of each service. */
  readonly settings: Readonly<Record<ServiceName, NodeJS.ProcessEnv>>;
};

export const APPS = join(import.meta.dirname, '../../../../apps');

/** Starts and supervises the four services. Resolves when all are ready. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { ports, record, onStarted, clock, log } = options;
  const logFile = (name: ServiceName) => join(options.logFolder, `${name}.log`);
  const logFiles = SERVICES.map(logFile);
  const settings = serviceSettings(options);
  const certificate = settings['api-gateway']['TLS_CERT'];

  await using resources = new AsyncDisposableStack();
  await Promise.all(logFiles.map(setLogAside));
  resources.use(watchLogs(logFiles, log));

  const start = (name: ServiceName) => (signal: AbortSignal) =>
    supervise({
      name,
      log,
      signal,
      ...(onStarted && { onStarted }),
      ...(clock && { clock }),
      start: (signal) =>
        startService({
          name,
          main: join(APPS, name, 'src/main.ts'),
          port: ports[name].http,
          certificate: name === 'api-gateway' ? certificate : undefined,
          env: settings[name],
          logFile: logFile(name),
          onSpawned: (pid) => record.add(name, pid),
          signal,
        }),
    });
  const services = await startAll(SERVICES.map(start), options.signal);
  // The gateway stops first, because it calls the others. The others stop all at once: the whole stop may take ten seconds.
  const gateway = services.pop();
  resources.defer(async () => {
    await Promise.all(services.map((service) => service[Symbol.asyncDispose]()));
  });
  resources.use(gateway);

  const opened = resources.move();
  return {
    gatewayUrl: urlOf(ports['api-gateway'], certificate ? 'https' : 'http'),
    certificate,
    settings,
    contactsUrl: urlOf(ports['contacts-service']),
    tokensUrl: urlOf(ports['token-service']),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Each service gets what it needs and nothing else: no other service's key or database. */
export function serviceSettings(options: SettingsOptions): Record<ServiceName, NodeJS.ProcessEnv> {
  const { databases, brokers, prefix, dnsServer, keys, ports, env } = options;
  const common = (name: ServiceName) => ({
    ...environmentOf(name, env),
    HOST: LOOPBACK,
    PORT: String(ports[name].http),
    METRICS_PORT: String(ports[name].metrics),
    // This is shorter than the time after which the service is killed (STOP_WITHIN in service.ts).
    SHUTDOWN_GRACE: '2',
    INTERNAL_KEY: keys.internalKey,
    KAFKA_BROKERS: brokers.join(','),
    KAFKA_TOPIC_PREFIX: prefix,
    // Types are stripped and code is compiled once, not at every start: each process needs 20 MB less and starts in half the time.
    NODE_COMPILE_CACHE: join(cacheFolder(env), 'compiled'),
  });
  const contactsUrl = urlOf(ports['contacts-service']);
  return {
    'contacts-service': {
      ...common('contacts-service'),
      DATABASE_URL: databases.contacts,
      ENCRYPTION_KEY: keys.encryptionKey,
    },
    'token-service': { ...common('token-service'), DATABASE_URL: databases.tokens },
    'verification-service': {
      ...common('verification-service'),
      DATABASE_URL: databases.verification,
      CONTACTS_URL: contactsUrl,
      DNS_SERVERS: dnsServer,
    },
    'api-gateway': {
      ...common('api-gateway'),
      CONTACTS_URL: contactsUrl,
      TOKENS_URL: urlOf(ports['token-service']),
      OPERATOR_KEY: keys.operatorKey,
      ...tlsFiles(env),
    },
  };
}

/** Paths are relative to the repository, as KITH_HOME is. A service runs in its own folder. */
function tlsFiles(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const files = Object.entries({ TLS_CERT: env['TLS_CERT'], TLS_KEY: env['TLS_KEY'] });
  const given = files.flatMap(([name, path]) => (path ? [[name, resolve(APPS, '..', path)]] : []));
  return Object.fromEntries(given);
}

const urlOf = ({ http }: ServicePorts, scheme = 'http') => `${scheme}://${LOOPBACK}:${http}`;
