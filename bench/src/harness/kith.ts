import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { endWithUs } from './end-with-us.ts';
import { newWorkspace, type Workspace } from './workspace.ts';

/** The line of `npm start --silent -- --json`: a contract with scripts, so any checkout can be driven by it. */
type Summary = {
  readonly gatewayUrl: string;
  readonly operatorKey: string;
  readonly kafkaBrokers: readonly string[];
  readonly topics: Readonly<Record<'contacts' | 'verification' | 'tokens', string>>;
  readonly databases: Readonly<Record<'contacts' | 'verification' | 'tokens', string>>;
  readonly processes: Readonly<Record<string, number>>;
  readonly home: string;
};

/** A whole system with ports and data of its own, and a workspace in it without limits. */
export type Kith = AsyncDisposable &
  Summary &
  Workspace & {
    /** The pid of npm, under which everything runs. */
    readonly pid: number;
    /** Seconds from the first process to the line of JSON, on an empty data folder. */
    readonly startedIn: number;
  };

export type KithOptions = {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
};

export const REPOSITORY = join(import.meta.dirname, '../../..');

/** Runs `npm start` in a checkout; the system and its data are gone when it is disposed of. */
export async function startKith(checkout: string, { say, signal }: KithOptions): Promise<Kith> {
  await using resources = new AsyncDisposableStack();
  const home = resources.adopt(mkdtempSync(join(tmpdir(), 'kith-bench-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  const data: string[] = [];
  resources.defer(() => data.forEach((path) => rmSync(path, { recursive: true, force: true })));
  // A checkout from before homes were closed: root's PostgreSQL runs as a user of its own, and must reach its data in here.
  chmodSync(home, 0o711);
  const start = performance.now();
  const child = spawn('npm', ['start', '--silent', '--', '--json'], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ownEnvironment(), DATABASE_URL: '', KAFKA_BROKERS: '', KITH_HOME: home, PORT: '0' },
  });
  // It ends everything below it, also without us.
  endWithUs(child, 'SIGTERM');
  const exited = once(child, 'exit');
  const end = () => child.kill('SIGTERM');
  signal.addEventListener('abort', end);
  resources.defer(async () => {
    signal.removeEventListener('abort', end);
    end();
    await exited;
  });
  createInterface(child.stderr).on('line', (line) => {
    say(`  ${line}`);
    // Where we are root, PostgreSQL runs as another user, who may not enter the home.
    const [, elsewhere] = /its data stand in (.+)$/.exec(line) ?? [];
    if (elsewhere) data.push(elsewhere);
  });
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exited.then(() => Promise.reject(new Error(`The system of ${checkout} ended while it was starting.`))),
  ])) as [string];
  const startedIn = (performance.now() - start) / 1000;

  const summary = JSON.parse(line) as Summary;
  const workspace = await newWorkspace(summary);
  const opened = resources.move();
  return {
    ...summary,
    ...workspace,
    pid: child.pid!,
    startedIn,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Without what the npm that runs us has set: npm of another checkout would take it for its own. */
const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
