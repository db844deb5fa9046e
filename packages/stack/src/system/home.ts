import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { lockHome } from './lock.ts';
import { endOrphans } from '../process/process-record.ts';
import type { Progress } from '../process/way.ts';

export type Home = ReturnType<typeof filesIn>;

/** Locks the data folder and ends what an earlier start left running on it. `fresh` deletes its content. */
export async function openHome(folder: string, fresh: boolean, log: Progress): Promise<Home & Disposable> {
  closeHome(folder);
  const lock = lockHome(folder);
  try {
    const files = filesIn(folder);
    await endOrphans(files.processes, log);
    if (fresh) empty(folder);
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

/**
 * Closes the folder to other users: topics, logs and databases hold personal data in clear. A folder that is open to others
 * and not ours is refused: `/tmp`, for example, must not be closed.
 */
function closeHome(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if ((statSync(folder).mode & 0o077) === 0) return;
  const present = readdirSync(folder);
  if (present.length > 0 && !['lock', 'ports.json', 'keys.json'].some((name) => present.includes(name))) {
    throw new Error(`${folder} holds other files. Give Kith a folder of its own: KITH_HOME=… npm start`);
  }
  chmodSync(folder, 0o700);
}

function empty(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name !== 'lock') rmSync(join(folder, name), { recursive: true, force: true });
  }
}
