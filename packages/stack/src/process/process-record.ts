import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { writeWholeSync } from '../files/files.ts';
import { identify, isAlive, killGroup, type ProcessId } from './process-id.ts';
import type { Progress } from './way.ts';

export type ProcessRecord = ReturnType<typeof processRecord>;

const PATIENCE = 5000;

/** Records our processes in a file, so that the next start can end those that a killed start left running. */
export function processRecord(file: string) {
  const processes = new Map<string, ProcessId>();
  return {
    add(name: string, pid: number | undefined): void {
      const id = pid === undefined ? undefined : identify(pid);
      if (id) processes.set(name, id);
      writeWholeSync(file, JSON.stringify(Object.fromEntries(processes)));
    },
    pids: (): Record<string, number> => Object.fromEntries([...processes].map(([name, { pid }]) => [name, pid])),
    /** Kills every process: the last resort when stopping in order takes too long. */
    kill(): void {
      for (const id of processes.values()) if (isAlive(id)) killGroup(id, 'SIGKILL');
    },
  };
}

/** Ends the processes that a killed start left running. */
export async function endOrphans(file: string, log: Progress): Promise<void> {
  const orphans = Object.entries(readRecord(file)).filter(([, id]) => isAlive(id));
  if (orphans.length === 0) return;
  log(
    `Ending processes that an earlier start left running: ${orphans.map(([name, { pid }]) => `${name} (${pid})`).join(', ')}`,
  );

  const alive = () => orphans.some(([, id]) => isAlive(id));
  // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for its clients.
  for (const [name, id] of orphans) killGroup(id, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  for (const end = Date.now() + PATIENCE; alive() && Date.now() < end;) await delay(50);
  for (const [, id] of orphans) if (isAlive(id)) killGroup(id, 'SIGKILL');
  while (alive()) await delay(50);
}

function readRecord(file: string): Record<string, ProcessId> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, ProcessId>;
  } catch {
    return {};
  }
}
