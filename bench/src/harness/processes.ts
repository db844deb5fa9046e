import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Linux counts in hundredths of a second, whatever the machine (`getconf CLK_TCK`). */
const MICROSECONDS_PER_TICK = 10_000;

type Usage = { readonly parent: number; readonly ticks: number };

/** CPU time of a process so far, in µs; NaN where there is no /proc. */
export const cpuMicros = (pid: number): number => (usageOf(pid)?.ticks ?? NaN) * MICROSECONDS_PER_TICK;

/** Memory of a process that is its own or shared, in MiB; NaN where there is no /proc. */
export const residentMiB = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readProc(`${pid}/status`))?.[1]) / 1024;

/** What others than this process and all that it started take of the machine from now on: a share of all cores, 0 to 1. */
export function watchForeignCpu(): () => number {
  const [busy, own, start] = [machineTicks(), ownTicks(), performance.now()];
  return () => {
    const elapsedTicks = ((performance.now() - start) * 1000) / MICROSECONDS_PER_TICK;
    const foreign = machineTicks() - busy - (ownTicks() - own);
    return Math.max(0, foreign / elapsedTicks / availableParallelism());
  };
}

/** User, nice, system and what the hypervisor took. Not interrupts: whose they are is not known, and our own packets make most. */
function machineTicks(): number {
  const [user, nice, system, , , , , steal] = readProc('stat').split('\n')[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  return [user, nice, system, steal].reduce<number>((sum, ticks) => sum + (ticks ?? NaN), 0);
}

function ownTicks(): number {
  const usages = new Map<number, Usage>();
  for (const name of readdirSync('/proc')) {
    const usage = /^\d+$/.test(name) ? usageOf(Number(name)) : undefined;
    if (usage) usages.set(Number(name), usage);
  }
  const isOurs = (pid: number): boolean => pid === process.pid || (pid > 1 && isOurs(usages.get(pid)?.parent ?? 0));
  return [...usages].reduce((sum, [pid, { ticks }]) => (isOurs(pid) ? sum + ticks : sum), 0);
}

/** With what its ended children took: a database's backends come and go. */
function usageOf(pid: number): Usage | undefined {
  const stat = readProc(`${pid}/stat`);
  // The second field is a name in parentheses, which may hold anything; the third is the state.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent] = fields;
  if (parent === undefined) return undefined;
  return { parent, ticks: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) };
}

function readProc(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    // It has ended, or this is no Linux.
    return '';
  }
}
