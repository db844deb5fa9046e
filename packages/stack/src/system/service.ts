import { rename } from 'node:fs/promises';
import { join } from 'node:path';

import { request } from './request.ts';
import { startChild, stopChild, untilReady } from '../process/child.ts';
import { LOOPBACK } from '../process/ports.ts';
import type { Running } from '../process/supervise.ts';

type ServiceOptions = {
  readonly name: string;
  /** The file that Node runs. */
  readonly main: string;
  readonly port: number;
  /** The file of its certificate, when it speaks TLS. */
  readonly certificate?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** Called as soon as the process exists, long before it is ready. */
  readonly onSpawned?: (pid: number) => void;
  readonly signal: AbortSignal;
};

const READY_WITHIN = 60_000;
const STOP_WITHIN = 3000;

/** Starts a service in its own process. Resolves when it is ready to answer. */
export async function startService(options: ServiceOptions): Promise<Running> {
  const { name, main, port, certificate, env, logFile, onSpawned, signal } = options;
  const cwd = join(main, '../..');
  const child = await startChild(process.execPath, [main], { cwd, env, logFile });
  onSpawned?.(child.pid);
  const stop = () => stopChild(child, ['SIGTERM', 'SIGKILL'], STOP_WITHIN);
  const patience = AbortSignal.timeout(READY_WITHIN);
  const url = `${certificate ? 'https' : 'http'}://${LOOPBACK}:${port}/readyz`;
  try {
    await untilReady(name, child, () => checkReady(url, certificate), AbortSignal.any([signal, patience]));
  } catch (error) {
    await stop();
    if (!patience.aborted || signal.aborted) throw error;
    throw new Error(`${name} was not ready within ${READY_WITHIN / 1000} s. See ${logFile}`, { cause: error });
  }
  return { pid: child.pid, exited: child.exited, [Symbol.asyncDispose]: stop };
}

/** Keeps the log of the previous start until the next one. */
export const setLogAside = (logFile: string): Promise<void> =>
  rename(logFile, `${logFile}.1`).catch(() => {
    // There is no log yet.
  });

async function checkReady(url: string, certificate: string | undefined): Promise<void> {
  const { ok, status } = await request(url, { certificate, signal: AbortSignal.timeout(5000) });
  if (!ok) throw new Error(`${url} answers ${status}`);
}
