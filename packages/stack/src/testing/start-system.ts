import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { NewToken } from '@kith/contracts';

import { type Demo, issueToken, newDemo } from '../demo.ts';
import { startDns } from '../dns.ts';
import { type InstallationKeys, newKeys } from '../keys.ts';
import { processRecord } from '../process-record.ts';
import { type Databases, type Services, startServices } from '../services.ts';
import { newPorts } from '../system-ports.ts';
import { testDatabase } from './database.ts';
import { testTopics } from './topics.ts';

type SystemOptions = {
  /** Settings for all services, such as `{ VERIFICATION_DEADLINE: '1' }`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where a line of progress goes, such as that a service is started again. */
  readonly log?: (line: string) => void;
};

export type System = AsyncDisposable &
  Omit<Demo, 'listId'> &
  Omit<Services, keyof AsyncDisposable> &
  Pick<InstallationKeys, 'operatorKey' | 'internalKey'> & {
    readonly brokers: readonly string[];
    /** What the names of its topics begin with. */
    readonly prefix: string;
    readonly databases: Databases;
    /** The pid of each service; another one after it was killed. */
    readonly processes: Readonly<Record<string, number>>;
    /** A new token, of the demo workspace unless told otherwise. */
    readonly issueToken: (options?: Partial<NewToken>) => Promise<string>;
    /** All that the services have written so far. */
    readonly logs: () => string;
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
  const services = resources.use(
    await startServices({
      databases,
      brokers,
      prefix,
      dnsServer: dns.address,
      keys,
      ports: (await newPorts()).services,
      logFolder: folder,
      record,
      env: { PATH: process.env['PATH'], ...env },
      log,
      signal: new AbortController().signal,
    }),
  );
  const { gatewayUrl, contactsUrl, tokensUrl } = services;
  const { operatorKey, internalKey } = keys;
  const gateway = { gatewayUrl, operatorKey };
  const { accountId, workspaceId, token } = await newDemo(gateway);

  const opened = resources.move();
  return {
    gatewayUrl,
    contactsUrl,
    tokensUrl,
    operatorKey,
    internalKey,
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
    logs: () => logsIn(folder),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

const logsIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.includes('.log'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('');
