import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { APPS, type Services } from '../system/services.ts';

const STORING = ['contacts-service', 'token-service', 'verification-service'] as const;

/** Runs each service's own `check-rows.ts` and returns its findings. */
export async function checkRows(settings: Services['settings']): Promise<Record<string, Record<string, string[]>>> {
  const differing = STORING.map(
    async (name) => [name, await differingRowsOf(join(APPS, name), settings[name])] as const,
  );
  return Object.fromEntries(await Promise.all(differing));
}

async function differingRowsOf(cwd: string, env: NodeJS.ProcessEnv): Promise<Record<string, string[]>> {
  // The script exits with 1 when rows differ, and prints which ones.
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['src/check-rows.ts'], { cwd, env }).catch(
    (failure: { stdout: string; stderr: string }) => failure,
  );
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, string[]>;
}
