import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { eventually } from '@kith/stack/testing';

/** Starts the service as a process of its own, as production does. */
export function run(env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env });
  let output = '';
  child.stdout?.on('data', (data) => (output += String(data)));
  child.stderr?.on('data', (data) => (output += String(data)));
  return { child, output: () => output, exited: once(child, 'exit').then(([code]) => code as number | null) };
}

/** Starts the service and waits until it listens. */
export async function start(env: Record<string, string>) {
  const { child, output, exited } = run(env);
  const url = await eventually(
    () => {
      const address = /Server listening at (http:[^"]+)/.exec(output())?.[1];
      if (!address) throw new Error(`Not listening:\n${output()}`);
      return address;
    },
    { timeout: 20_000 },
  );
  return {
    url,
    output,
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
