import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';

const REPOSITORY = join(import.meta.dirname, '..');
const PREFIX = `start-${randomUUID()}`;
const SERVICES = ['api-gateway', 'contacts-service', 'token-service', 'verification-service'];

type Summary = { gatewayUrl: string; token: string; processes: Record<string, number> };

let home: string;
let npm: ChildProcess;
let line: string;
let summary: Summary;

/** Starts Kith as a script would: npm, flags, an environment. It uses this run's servers, to be quick. */
const npmStart = (flags: readonly string[], env: Record<string, string>) =>
  spawn('npm', ['start', '--silent', '--', ...flags], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      DATABASE_URL: process.env['KITH_TEST_DATABASE_URL'],
      KAFKA_BROKERS: process.env['KITH_TEST_KAFKA_BROKERS'],
      KAFKA_TOPIC_PREFIX: PREFIX,
      PORT: '0',
      ...env,
    },
  });

async function refused(env: Record<string, string>) {
  const second = npmStart(['--json'], env);
  const [said, printed, [code]] = await Promise.all([text(second.stderr), text(second.stdout), once(second, 'exit')]);
  return { said, printed, code: code as number };
}

const text = async (stream: Readable) => (await stream.setEncoding('utf8').toArray()).join('');

const currentSummary = () => JSON.parse(readFileSync(join(home, 'system.json'), 'utf8')) as Summary;

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kith start '));
  const started = npmStart(['--json'], { KITH_HOME: home });
  npm = started;
  const said = text(started.stderr);
  line = await new Promise<string>((resolve, reject) => {
    started.stdout.setEncoding('utf8').once('data', resolve);
    started.once('exit', () => void said.then((why) => reject(new Error(why))));
  });
  summary = JSON.parse(line) as Summary;
}, 90_000);

afterAll(async () => {
  if (npm.exitCode === null) {
    npm.kill('SIGTERM');
    await once(npm, 'exit');
  }
  rmSync(home, { recursive: true });
}, 30_000);

test('npm start --json prints everything that a script needs in one line', () => {
  expect(line).toMatch(/^[^\n]+\n$/);
  const database = expect.stringMatching(/^postgres:/);
  expect(summary).toEqual({
    gatewayUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    operatorKey: expect.stringMatching(/.{32}/),
    token: expect.stringMatching(/^kith_[0-9A-Za-z]{38}$/),
    accountId: expect.stringMatching(/^acc_/),
    workspaceId: expect.stringMatching(/^ws_/),
    kafkaBrokers: process.env['KITH_TEST_KAFKA_BROKERS']?.split(','),
    topics: {
      contacts: expect.stringMatching(/\.contacts\.v1$/),
      verification: expect.stringMatching(/\.verification\.v1$/),
      tokens: expect.stringMatching(/\.tokens\.v1$/),
    },
    databases: { contacts: database, verification: database, tokens: database },
    processes: expect.objectContaining(Object.fromEntries(SERVICES.map((name) => [name, expect.any(Number)]))),
    home,
  });
});

test('system.json holds the same line and only its owner can read it', () => {
  expect(readFileSync(join(home, 'system.json'), 'utf8')).toBe(line);
  for (const file of ['system.json', 'keys.json', 'demo.json']) {
    expect((statSync(join(home, file)).mode & 0o777).toString(8)).toBe('600');
  }
});

test('the demo token may do everything in a workspace that has a list', async () => {
  const answer = await fetch(`${summary.gatewayUrl}/api/v1/contact-lists/all`, {
    headers: { authorization: `Bearer ${summary.token}` },
  });
  expect(await answer.json()).toMatchObject({ data: [{ name: 'Demo' }] });
});

/** Runs a command as an operator would, in another terminal. */
async function kith(args: readonly string[], env: Record<string, string | undefined> = {}) {
  const child = spawn('npm', ['run', '--silent', 'kith', '--', ...args], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], KITH_HOME: home, ...env },
  });
  const [said, printed, [code]] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'exit')]);
  return { said, printed, code: code as number };
}

test('npm run kith -- parked list reads the databases of the running system', async () => {
  expect((await kith(['parked', 'list'])).printed).toBe('Nothing is parked.\n');
}, 30_000);

test('npm run kith -- keys status counts the data keys of the running system', async () => {
  const answer = await fetch(`${summary.gatewayUrl}/api/v1/contact-lists/1/contacts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${summary.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ada' }),
  });
  expect(answer.status).toBe(201);
  expect((await kith(['keys', 'status'])).printed).toMatch(
    /^contacts-service\n {2}[0-9a-f]{16} {2}data keys: 1 {2}wraps new ones\n$/,
  );
}, 30_000);

test('npm run kith -- repair-feed is refused while the system runs', async () => {
  const { said, code } = await kith(['repair-feed']);
  expect(said).toMatch(/^Kith already runs on .+ \(process \d+\)\. Stop it/);
  expect(code).toBe(1);
}, 30_000);

test('a second start on the same folder is refused in a sentence', async () => {
  const { said, printed, code } = await refused({ KITH_HOME: home });
  expect(said).toMatch(/^Kith already runs on .+ \(process \d+\)\. Stop it/);
  expect({ printed, code }).toEqual({ printed: '', code: 1 });
}, 30_000);

test('a port in use is refused in a sentence', async () => {
  const { port } = new URL(summary.gatewayUrl);
  const { said, printed, code } = await refused({ KITH_HOME: join(home, 'other'), PORT: port });
  expect(said).toContain(`The gateway cannot listen on port ${port}: it is in use.`);
  expect({ printed, code }).toEqual({ printed: '', code: 1 });
}, 30_000);

test('a service that is killed comes back, and system.json knows its new process', async () => {
  const killed = summary.processes['contacts-service']!;
  process.kill(killed, 'SIGKILL');
  await eventually(() => expect(currentSummary().processes['contacts-service']).not.toBe(killed), { timeout: 30_000 });
  const answer = await fetch(`${summary.gatewayUrl}/api/v1/contact-lists/all`, {
    headers: { authorization: `Bearer ${summary.token}` },
  });
  expect(answer.status).toBe(200);
}, 40_000);

test('SIGTERM to npm ends everything: exit code 0, no process left', async () => {
  const { processes } = currentSummary();
  npm.kill('SIGTERM');
  const [code] = (await once(npm, 'exit')) as [number | null];
  expect(code).toBe(0);
  expect(Object.entries(processes).filter(([, pid]) => isAlive(pid))).toEqual([]);
}, 30_000);

test('npm run kith works on the databases of a system that is stopped, with the environment of npm start', async () => {
  const env = { DATABASE_URL: process.env['KITH_TEST_DATABASE_URL'], KAFKA_TOPIC_PREFIX: PREFIX };
  expect((await kith(['keys', 'status'], env)).printed).toContain('data keys: 1  wraps new ones');
  expect(await kith(['repair-feed'], env)).toEqual({
    said: '',
    printed: expect.stringMatching(/contacts-service: .+\n.+\nThe services can be started\.\n$/),
    code: 0,
  });
}, 60_000);
