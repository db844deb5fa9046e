import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { APPS, type ServiceName } from '../system/services.ts';

/** Runs a script of a service, which knows its tables and its rules; its exit code. It prints its answer and its progress. */
export async function runScript(
  service: ServiceName,
  [script, ...args]: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const cwd = join(APPS, service);
  const child = spawn(process.execPath, [join('src', script), ...args], { cwd, env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
