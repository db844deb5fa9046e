import { rename } from 'node:fs/promises';
import { join } from 'node:path';

import { ask } from './ask.ts';
import { startChild, stopChild, untilReady } from '../process/child.ts';
import { LOOPBACK } from '../process/ports.ts';
import type { Running } from '../process/supervise.ts';

type ServiceOptions = {
  readonly name: string;
  /** The file that node runs. */
  readonly main: string;
  readonly port: number;
  /** Where it speaks TLS: the file of its certificate. */
  readonly certificate?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Called as soon as there is a process, long before it is ready. */
  readonly onSpawned?: (pid: number) => void;
  readonly signal: AbortSignal;
};

const READY_WITHIN = 60_000;
const STOP_WITHIN = 3000;

/** Starts a service as a process of its own; resolves when it is ready to answer. */
export async function startService(options: ServiceOptions): Promise<Running> {
  const { name, main, port, certificate, env, logFile, onSpawned, signal } = options;
  const cwd = join(main, '../..');
  const child = await startChild(process.execPath, [main], { cwd, env, logFile });
  onSpawned?.(child.pid);
  const stop = () => stopChild(child, ['SIGTERM', 'SIGKILL'], STOP_WITHIN);
  const patience = AbortSignal.timeout(READY_WITHIN);
  const url = `${certificate ? 'https' : 'http'}://${LOOPBACK}:${port}/readyz`;
  try {
    await untilReady(name, child, () => askReady(url, certificate), AbortSignal.any([signal, patience]));
  } catch (error) {
    await stop();
    if (!patience.aborted || signal.aborted) throw error;
    throw new Error(`${name} was not ready within ${READY_WITHIN / 1000} s. See ${logFile}`, { cause: error });
  }
  return { pid: child.pid, exited: child.exited, [Symbol.asyncDispose]: stop };
}

/** What a start before this one wrote stays readable until the next. */
export const setLogAside = (logFile: string): Promise<void> =>
  rename(logFile, `${logFile}.1`).catch(() => {
    // There is none yet.
  });

async function askReady(url: string, certificate: string | undefined): Promise<void> {
  const { ok, status } = await ask(url, { certificate, signal: AbortSignal.timeout(5000) });
  if (!ok) throw new Error(`${url} answers ${status}`);
}
