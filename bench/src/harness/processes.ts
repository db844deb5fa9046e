import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import { attribute, REST, type Usage } from './attribute.ts';

/** Linux counts in hundredths of a second, whatever the machine (`getconf CLK_TCK`). */
const MICROSECONDS_PER_TICK = 10_000;

const SHORTEST_MS = 500;

/** The CPU time so far in µs, by process. */
export type CpuTimes = Readonly<Record<string, number>>;

/** CPU time of a process so far, in µs; NaN without /proc. */
export const cpuMicros = (pid: number): number => (usageOf(pid)?.ticks ?? NaN) * MICROSECONDS_PER_TICK;

/** CPU time of a system so far: each named process with its children, and the rest under `root`. Empty without /proc. */
export const cpuTimes = (root: number, named: Readonly<Record<string, number>>): CpuTimes =>
  Object.fromEntries(
    Object.entries(attribute(allUsages(), root, named)).map(([name, ticks]) => [name, ticks * MICROSECONDS_PER_TICK]),
  );

/** Resident memory of a process, private and shared, in MiB; NaN without /proc. */
export const residentMiB = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readProc(`${pid}/status`))?.[1]) / 1024;

/** The environment that a process was started with. */
export const environmentOf = (pid: number): NodeJS.ProcessEnv =>
  Object.fromEntries(
    readProc(`${pid}/environ`)
      .split('\0')
      .flatMap((entry) => {
        const [name, ...value] = entry.split('=');
        return name ? [[name, value.join('=')]] : [];
      }),
  );

/** Measures from now on the share of all cores, 0 to 1, that other processes than this one and its descendants take. NaN for too short a time. */
export function watchForeignCpu(): () => number {
  const [busy, own, start] = [machineTicks(), ownTicks(), performance.now()];
  return () => {
    // The kernel counts in hundredths of a second, so shorter times say nothing.
    if (performance.now() - start < SHORTEST_MS) return NaN;
    const elapsedTicks = ((performance.now() - start) * 1000) / MICROSECONDS_PER_TICK;
    const foreign = machineTicks() - busy - (ownTicks() - own);
    return Math.max(0, foreign / elapsedTicks / availableParallelism());
  };
}

/** Sums user, nice, system and steal. Interrupts are left out: their cause is unknown, and our own packets cause most. */
function machineTicks(): number {
  const [user, nice, system, , , , , steal] = readProc('stat').split('\n')[0]?.split(/\s+/).slice(1).map(Number) ?? [];
  return [user, nice, system, steal].reduce<number>((sum, ticks) => sum + (ticks ?? NaN), 0);
}

const ownTicks = (): number => attribute(allUsages(), process.pid, {})[REST] ?? NaN;

function allUsages(): ReadonlyMap<number, Usage> {
  const usages = new Map<number, Usage>();
  for (const name of processFolders()) {
    const usage = usageOf(Number(name));
    if (usage) usages.set(Number(name), usage);
  }
  return usages;
}

function processFolders(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    // This system has no /proc.
    return [];
  }
}

/** Includes the time of children that have ended, because a database's backends come and go. */
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
    // The process has ended, or this is not Linux.
    return '';
  }
}
