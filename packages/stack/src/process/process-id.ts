import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { plainEnvironment } from './environment.ts';

/** The system reuses process numbers. The number and the start time together name one process for ever. */
export type ProcessId = { readonly pid: number; readonly started: string };

/** Undefined when no process has this number. */
export function identify(pid: number): ProcessId | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedBySystemTool(pid);
  return started === undefined ? undefined : { pid, started };
}

export const isAlive = ({ pid, started }: ProcessId): boolean => identify(pid)?.started === started;

export function killGroup({ pid }: ProcessId, signal: NodeJS.Signals): void {
  try {
    // Our processes lead their groups, so their children get the signal too.
    process.kill(-pid, signal);
  } catch {
    // The process has ended meanwhile.
  }
}

/** Field 22 of /proc/<pid>/stat, in ticks since boot. The second field is a name in parentheses that may contain anything. */
function startedOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; its parent has only not waited for it yet.
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
