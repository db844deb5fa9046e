import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import type { ContactList } from '@kith/contracts/contacts';
import type { Account, CreatedToken } from '@kith/contracts/tokens';
import { Client } from 'pg';

/** What `npm start -- --json` prints. */
type Summary = {
  readonly gatewayUrl: string;
  readonly operatorKey: string;
  readonly kafkaBrokers: readonly string[];
  readonly databases: Readonly<Record<'contacts' | 'verification' | 'tokens', string>>;
  readonly processes: Readonly<Record<string, number>>;
  readonly home: string;
};

export type System = AsyncDisposable &
  Summary & {
    /** What its services know each other by, and where they answer. */
    readonly internalKey: string;
    readonly contactsUrl: string;
    readonly tokensUrl: string;
    /** A workspace without limits, a token for it, and a list in it. */
    readonly workspaceId: string;
    readonly tokenId: string;
    readonly token: string;
    readonly listId: number;
    /** What decides whether a commit is on the disk when it is acknowledged. */
    readonly durability: string;
  };

export const REPOSITORY = join(import.meta.dirname, '../../..');

type Options = {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
};

/** The system as `npm start` starts it, with ports and data of its own; both are gone when it is disposed of. */
export async function startSystem({ say, signal }: Options): Promise<System> {
  await using resources = new AsyncDisposableStack();
  const home = resources.adopt(mkdtempSync(join(tmpdir(), 'kith-bench-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  // The embedded PostgreSQL runs as a user of its own where we are root, and is to keep its data in here.
  chmodSync(home, 0o711);
  const child = spawn(process.execPath, ['packages/stack/src/cli/start.ts', '--json'], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DATABASE_URL: '', KAFKA_BROKERS: '', KITH_HOME: home, PORT: '0' },
  });
  const exited = once(child, 'exit');
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  resources.defer(async () => {
    child.kill('SIGTERM');
    await exited;
  });
  createInterface(child.stderr).on('line', (line) => say(`  ${line}`));
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exited.then(() => Promise.reject(new Error('The system ended while it was starting.'))),
  ])) as [string];

  const summary = JSON.parse(line) as Summary;
  const { internalKey } = readJson(join(home, 'keys.json'));
  const ports = readJson(join(home, 'ports.json'));
  const workspace = await newWorkspace(summary);
  const durability = await durabilityOf(summary.databases.contacts);

  const opened = resources.move();
  return {
    ...summary,
    ...workspace,
    internalKey: String(internalKey),
    contactsUrl: `http://127.0.0.1:${String(ports['contacts-service'])}`,
    tokensUrl: `http://127.0.0.1:${String(ports['token-service'])}`,
    durability,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** A plan's budget must not be what is measured. */
async function newWorkspace({ gatewayUrl, operatorKey }: Summary) {
  const post = async <Made>(bearer: string, path: string, body: object): Promise<Made> => {
    const answer = await fetch(`${gatewayUrl}/api/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`POST ${path} answers ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as { data: Made }).data;
  };
  const account = await post<Account>(operatorKey, 'accounts', {
    name: 'Bench',
    plan: 'enterprise',
    limits: { native: { readsPerMinute: null, writesPerMinute: null } },
  });
  const workspaceId = account.workspaces[0]!.id;
  const { id: tokenId, token } = await post<CreatedToken>(operatorKey, 'tokens', { name: 'Bench', workspaceId });
  const list = await post<ContactList>(token, 'contact-lists', { name: 'Bench' });
  return { workspaceId, tokenId, token, listId: list.id };
}

async function durabilityOf(databaseUrl: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ setting: string }>(
      `select string_agg(name || ' ' || setting, ', ' order by name) as setting
         from pg_settings where name in ('fsync', 'synchronous_commit')`,
    );
    return rows[0]?.setting ?? '';
  } finally {
    await client.end();
  }
}

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
