import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from '@kith/stack';

export type NodeProcess = AsyncDisposable & { readonly pid: number; readonly url: string };

/** A server in a process of its own, as ours are; resolves when it answers on `PORT`. The warning is kafkajs' on Node 24, and harmless. */
export async function startNode(main: string, env: NodeJS.ProcessEnv): Promise<NodeProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--disable-warning=TimeoutNegativeWarning', main], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: '0', ...env },
  });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`${main} ended while it was starting.`);
    await delay(50);
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
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
