import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { plainEnvironment } from './environment.ts';

/** A number alone is soon another process's; with the time it started it is this one's for ever. */
export type ProcessId = { readonly pid: number; readonly started: string };

/** Undefined where no such process lives. */
export function identify(pid: number): ProcessId | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedBySystemTool(pid);
  return started === undefined ? undefined : { pid, started };
}

export const isAlive = ({ pid, started }: ProcessId): boolean => identify(pid)?.started === started;

export function killGroup({ pid }: ProcessId, signal: NodeJS.Signals): void {
  try {
    // Ours are leaders of their groups, so that what they started goes with them.
    process.kill(-pid, signal);
  } catch {
    // It has ended since.
  }
}

/** Field 22 of /proc/<pid>/stat, in ticks since boot; the second field is a name in brackets that may hold anything. */
function startedOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only its parent has not asked.
    return state === 'Z' ? undefined : rest[18];
  } catch {
    return undefined;
  }
}

function startedBySystemTool(pid: number): string | undefined {
  try {
    return (
      execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        env: plainEnvironment(process.env),
      }).trim() || undefined
    );
  } catch {
    return undefined;
  }
}
