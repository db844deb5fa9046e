import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dataElsewhere } from '@kith/stack/testing';

const REPOSITORY = join(import.meta.dirname, '..');
const OPERATOR_KEY = 'kith_operator_canary_0123456789_0123456789';
/** A secret of the shell that Kith must not pass on. */
const SHELL_SECRET = 'canary-of-the-shell';

type Summary = { processes: Record<string, number>; databases: Record<string, string> };
type Seen = { readonly pid: number; readonly command: string; readonly environment: string };

let home: string;
let npm: ChildProcess;
let said = '';
let summary: Summary;
/** Every process seen below npm, including those that ended before the system was up. */
const seen = new Map<string, Seen>();

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kith children '));
  chmodSync(home, 0o755);
  const started = spawn('npm', ['start', '--silent', '--', '--json'], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      KITH_HOME: home,
      PORT: '0',
      OPERATOR_KEY,
      AWS_SECRET_ACCESS_KEY: SHELL_SECRET,
    },
  });
  npm = started;
  started.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const watching = setInterval(() => look(started.pid!), 50);
  try {
    const line = await new Promise<string>((resolve, reject) => {
      started.stdout.setEncoding('utf8').once('data', resolve);
      started.once('exit', () => reject(new Error(said)));
    });
    summary = JSON.parse(line) as Summary;
    look(started.pid!);
  } finally {
    clearInterval(watching);
  }
}, 90_000);

afterAll(async () => {
  if (npm.exitCode === null) {
    npm.kill('SIGTERM');
    await once(npm, 'exit');
  }
  rmSync(home, { recursive: true });
  const elsewhere = dataElsewhere(said);
  if (elsewhere) rmSync(elsewhere, { recursive: true });
}, 30_000);

/** Records the arguments and the environment of every process below `root`. */
function look(root: number): void {
  if (process.platform !== 'linux') return;
  const parents = new Map(
    readdirSync('/proc').flatMap((name) => {
      const parent = /^\d+$/.test(name) && /\) \S (\d+)/.exec(read(`/proc/${name}/stat`))?.[1];
      return parent ? [[Number(name), Number(parent)] as const] : [];
    }),
  );
  const isBelow = (pid: number): boolean => pid === root || (pid > 1 && isBelow(parents.get(pid) ?? 0));
  for (const pid of parents.keys()) {
    if (!isBelow(pid)) continue;
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    const environment = read(`/proc/${pid}/environ`);
    if (command) seen.set(`${pid} ${command}`, { pid, command, environment });
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // The process has ended meanwhile.
  }
}

/** The names of the processes with this in their environment. `npm start` itself, which got it from the shell, is left out. */
function holdersOf(secret: string): string[] {
  const names = new Map(Object.entries(summary.processes).map(([name, pid]) => [pid, name]));
  const supervisors = /^npm\b|\bnpm start\b|^sh -c|cli\/start\.ts/;
  const holders = [...seen.values()]
    .filter(({ command, environment }) => environment.includes(secret) && !supervisors.test(command))
    .map(({ pid, command }) => names.get(pid) ?? command.slice(0, 100));
  return [...new Set(holders)].toSorted();
}

const keys = () =>
  JSON.parse(readFileSync(join(home, 'keys.json'), 'utf8')) as { internalKey: string; encryptionKey: string };

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('the processes that npm start runs', () => {
  test('include the servers, the services and the programs that prepare them', () => {
    const commands = [...seen.values()].map(({ command }) => command).join('\n');
    for (const program of ['initdb', 'postgres -D', 'kafka.tools.StorageTool', 'kafka.Kafka', 'src/main.ts'])
      expect(commands).toContain(program);
  });

  test('pass the operator key to the gateway only', () => {
    expect(holdersOf(OPERATOR_KEY)).toEqual(['api-gateway']);
  });

  test('pass the internal key to the services only', () => {
    expect(holdersOf(keys().internalKey)).toEqual([
      'api-gateway',
      'contacts-service',
      'token-service',
      'verification-service',
    ]);
  });

  test('pass the encryption key to contacts-service only', () => {
    expect(holdersOf(keys().encryptionKey)).toEqual(['contacts-service']);
  });

  test("pass the database's password to the services with a database only", () => {
    const { password } = new URL(summary.databases['contacts']!);
    expect(password.length).toBeGreaterThan(16);
    expect(holdersOf(password)).toEqual(['contacts-service', 'token-service', 'verification-service']);
  });

  test('get no other variable of the shell', () => {
    expect(holdersOf(SHELL_SECRET)).toEqual([]);
  });

  test('have no secret among their arguments', () => {
    const { internalKey, encryptionKey } = keys();
    const passwords = Object.values(summary.databases).map((url) => new URL(url).password);
    for (const secret of [OPERATOR_KEY, internalKey, encryptionKey, ...passwords])
      expect([...seen.values()].filter(({ command }) => command.includes(secret))).toEqual([]);
  });
});

test('no other user of the machine can read the data folder', () => {
  for (const folder of [home, join(home, 'kafka')]) expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
});
