import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { environmentOf } from '../system/service-settings.ts';
import { APPS, type ServiceName } from '../system/services.ts';

/** The settings that a script needs to reach the service's data. */
export type StoreSettings = { readonly DATABASE_URL: string; readonly ENCRYPTION_KEY?: string };

type Streams = {
  /** File descriptors. By default the script reads nothing and prints to our stdout. */
  readonly input?: number;
  readonly output?: number;
};

/** Runs a script of a service, which knows its own tables and rules. Returns the exit code; errors go to our stderr. */
export async function runScript(
  service: ServiceName,
  [script, ...args]: readonly [string, ...string[]],
  settings: StoreSettings,
  { input, output }: Streams = {},
): Promise<number> {
  const child = spawn(process.execPath, [join('src', script), ...args], {
    cwd: join(APPS, service),
    env: { ...environmentOf(service, process.env), ...settings },
    stdio: [input ?? 'ignore', output ?? 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
