import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A server process that we started. */
export type Child = {
  readonly pid: number;
  readonly exited: Promise<void>;
  readonly hasExited: () => boolean;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly logFile: string;
};

type ChildOptions = {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
};

/** Starts a program in its own process group. So Ctrl-C in the terminal reaches only us, and we stop the programs in order. */
export async function startChild(
  command: string,
  args: readonly string[],
  { cwd, env, logFile, user }: ChildOptions,
): Promise<Child> {
  await mkdir(dirname(logFile), { recursive: true });
  await using output = await open(logFile, 'a');
  const child = spawn(command, args, { cwd, env, ...user, detached: true, stdio: ['ignore', output.fd, output.fd] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await Promise.race([once(child, 'spawn'), exited]);

  return {
    pid: child.pid!,
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    kill: (signal) => child.kill(signal),
    logFile,
  };
}

/** Waits until `probe` succeeds; fails when the process ends first. */
export async function untilReady<Answer>(
  server: string,
  child: Child,
  probe: () => Promise<Answer>,
  signal?: AbortSignal,
): Promise<Answer> {
  for (;;) {
    signal?.throwIfAborted();
    if (child.hasExited()) throw new Error(`${server} ended while it was starting.${await tailOf(child.logFile)}`);
    try {
      return await probe();
    } catch {
      await delay(25);
    }
  }
}

/** Sends the first signal, and the second one if the process is still there after a while. */
export async function stopChild(
  child: Child,
  [polite, forceful]: readonly [NodeJS.Signals, NodeJS.Signals],
  patienceMs = 10_000,
): Promise<void> {
  if (child.hasExited()) return;
  child.kill(polite);
  const timer = setTimeout(() => child.kill(forceful), patienceMs);
  await child.exited;
  clearTimeout(timer);
}

async function tailOf(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n');
  // A stack trace is long. The lines that carry a level say what went wrong.
  const errors = lines.filter((line) => /\b(ERROR|FATAL|PANIC)\b/.test(line));
  const last = errors.length > 0 ? errors.slice(-5) : lines.slice(-20);
  return ` From ${logFile}:\n${last.map((line) => `  ${line}`).join('\n')}`;
}
