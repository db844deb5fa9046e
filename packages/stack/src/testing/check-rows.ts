import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { APPS, type Services } from '../system/services.ts';

const STORING = ['contacts-service', 'token-service', 'verification-service'] as const;

/** What each service's own `check.ts` says of its rows. */
export async function checkRows(settings: Services['settings']): Promise<Record<string, Record<string, string[]>>> {
  const differing = STORING.map(async (name) => [name, await check(join(APPS, name), settings[name])] as const);
  return Object.fromEntries(await Promise.all(differing));
}

async function check(cwd: string, env: NodeJS.ProcessEnv): Promise<Record<string, string[]>> {
  // It ends with 1 where rows differ, and has said which.
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['src/check-rows.ts'], { cwd, env }).catch(
    (failure: { stdout: string; stderr: string }) => failure,
  );
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Record<string, string[]>;
}
