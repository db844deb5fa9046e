import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from '@kith/stack';

import { endWithUs } from './end-with-us.ts';

export type NodeProcess = AsyncDisposable & { readonly pid: number; readonly url: string };

type Options = {
  /** The path that answers 200 once the server is ready. */
  readonly probe?: string;
  readonly port?: number;
  readonly cwd?: string;
};

const POLL_MS = 20;

/** Starts a server in its own process, like ours. Resolves when it answers on `PORT`. The disabled warning comes from kafkajs on Node 24 and is harmless. */
export async function startNode(main: string, env: NodeJS.ProcessEnv, options: Options = {}): Promise<NodeProcess> {
  const { probe = '/healthz', port = await freePort(), cwd } = options;
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', main], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, HOST: '127.0.0.1', METRICS_PORT: '0', ...env, PORT: String(port) },
    ...(cwd && { cwd }),
  });
  endWithUs(child, 'SIGKILL');
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(`${url}${probe}`))) {
    if (child.exitCode !== null) throw new Error(`${main} ended while it was starting.`);
    await delay(POLL_MS);
  }
  return {
    pid: child.pid!,
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
