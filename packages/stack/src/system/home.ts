import { readdirSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { lockHome } from './lock.ts';
import { endOrphans } from '../process/process-record.ts';
import type { Progress } from '../process/way.ts';

export type Home = ReturnType<typeof filesIn>;

/** Takes the data folder, with nothing of an earlier start still running on it. `fresh` forgets what it holds. */
export async function openHome(folder: string, fresh: boolean, log: Progress): Promise<Home & Disposable> {
  const lock = lockHome(folder);
  try {
    const files = filesIn(folder);
    await endOrphans(files.processes, log);
    if (fresh) forget(folder);
    await mkdir(files.logs, { recursive: true });
    return { ...files, [Symbol.dispose]: () => lock[Symbol.dispose]() };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

export const filesIn = (folder: string) => ({
  folder,
  keys: join(folder, 'keys.json'),
  ports: join(folder, 'ports.json'),
  processes: join(folder, 'processes.json'),
  demo: join(folder, 'demo.json'),
  summary: join(folder, 'system.json'),
  logs: join(folder, 'logs'),
  postgres: join(folder, 'postgres'),
  kafka: join(folder, 'kafka'),
});

function forget(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name !== 'lock') rmSync(join(folder, name), { recursive: true, force: true });
  }
}
