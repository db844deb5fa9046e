import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { writeWholeSync } from './files.ts';
import { identify, isAlive, killGroup, type ProcessId } from './process-id.ts';
import type { Progress } from './way.ts';

export type ProcessRecord = ReturnType<typeof processRecord>;

const PATIENCE = 5000;

/** Remembers in a file which processes are ours, so that the next start can end what a killed one left behind. */
export function processRecord(file: string) {
  const processes = new Map<string, ProcessId>();
  return {
    add(name: string, pid: number | undefined): void {
      const id = pid === undefined ? undefined : identify(pid);
      if (id) processes.set(name, id);
      writeWholeSync(file, JSON.stringify(Object.fromEntries(processes)));
    },
    pids: (): Record<string, number> => Object.fromEntries([...processes].map(([name, { pid }]) => [name, pid])),
    /** For when the time to stop in order is over. */
    kill(): void {
      for (const id of processes.values()) if (isAlive(id)) killGroup(id, 'SIGKILL');
    },
  };
}

/** Ends the processes that a start which was killed left running. */
export async function endOrphans(file: string, log: Progress): Promise<void> {
  const orphans = Object.entries(readRecord(file)).filter(([, id]) => isAlive(id));
  if (orphans.length === 0) return;
  log(`Ending what an earlier start left running: ${orphans.map(([name, { pid }]) => `${name} (${pid})`).join(', ')}`);

  const alive = () => orphans.some(([, id]) => isAlive(id));
  // PostgreSQL's fast shutdown; SIGTERM would wait for its clients.
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
