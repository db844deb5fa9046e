import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { endWithUs } from './end-with-us.ts';
import { newWorkspace, type Workspace } from './workspace.ts';

/** The line that `npm start --silent -- --json` prints. It is a contract with scripts, so it works with any checkout. */
type Summary = {
  readonly gatewayUrl: string;
  readonly operatorKey: string;
  readonly kafkaBrokers: readonly string[];
  readonly topics: Readonly<Record<'contacts' | 'verification' | 'tokens', string>>;
  readonly databases: Readonly<Record<'contacts' | 'verification' | 'tokens', string>>;
  readonly processes: Readonly<Record<string, number>>;
  readonly home: string;
};

/** A whole system with its own ports and data, and an unlimited workspace in it. */
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

/** Runs `npm start` in a checkout. Disposing of it ends the system and removes its data. */
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
  // npm ends everything below it, also when we are gone.
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
    // When we are root, PostgreSQL runs as another user, who may not enter the home.
    const [, elsewhere] = /its data (?:is|stand) in (.+)$/.exec(line) ?? []; // An older checkout says "stand".
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

/** The environment without the variables of our own npm. The npm of another checkout would take them for its own. */
const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
