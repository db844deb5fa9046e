import { setTimeout as delay } from 'node:timers/promises';

import type { Table } from '../report/figure.ts';
import { number } from '../report/numbers.ts';
import type { Context } from './context.ts';
import type { Kith } from './kith.ts';
import { cpuTimes, residentMiB } from './processes.ts';
import { type Sample, sampleOf } from './statistics.ts';

export type Idle = {
  /** % of one core, by process: one value for each window. */
  readonly cpu: Readonly<Record<string, Sample>>;
  readonly everything: Sample;
  /** Resident MiB after all windows, by process. */
  readonly resident: Readonly<Record<string, number>>;
};

/** A system still works for a while after its start. Without a pause the later of two systems would look dearer. */
const START_S = 30;
const MICROSECONDS = 1_000_000;

/** Watches idle systems, all at the same time. */
export async function watchIdle(
  systems: readonly Kith[],
  { idle, rounds, say, signal }: Context,
): Promise<readonly Idle[]> {
  say(`idle: ${idle} s of it`);
  await delay(Math.min(START_S, idle) * 1000, undefined, { signal });
  const looks = [look(systems)];
  for (let n = 0; n < rounds; n++) {
    await delay((idle * 1000) / rounds, undefined, { signal });
    looks.push(look(systems));
  }
  return systems.map((system, at) => {
    const windows = looks.slice(1).map((after, n) => percentOfACore(looks[n]!, after, at));
    const names = Object.keys(windows[0] ?? {});
    return {
      cpu: Object.fromEntries(names.map((name) => [name, sampleOf(...windows.map((window) => window[name] ?? NaN))])),
      everything: sampleOf(...windows.map((window) => Object.values(window).reduce((sum, one) => sum + one, 0))),
      resident: Object.fromEntries(Object.entries(system.processes).map(([name, pid]) => [name, residentMiB(pid)])),
    };
  });
}

/** One row per process: CPU in % of a core with its children, and the memory of the process itself. */
export function idleTable(systems: Readonly<Record<string, Idle>>): Table {
  const all = Object.entries(systems);
  const names = [...new Set(all.flatMap(([, { cpu }]) => Object.keys(cpu)))];
  return [
    ['process', ...all.flatMap(([side]) => [`${side}: % of a core`, 'RSS, MiB'])],
    ...names.map((name) => [
      name,
      ...all.flatMap(([, { cpu, resident }]) => [number(cpu[name]?.median ?? NaN), number(resident[name] ?? NaN)]),
    ]),
  ];
}

type Look = { readonly at: number; readonly cpu: readonly Readonly<Record<string, number>>[] };

const look = (systems: readonly Kith[]): Look => ({
  at: performance.now() * 1000,
  cpu: systems.map(({ pid, processes }) => cpuTimes(pid, processes)),
});

function percentOfACore(before: Look, after: Look, system: number): Record<string, number> {
  const seconds = (after.at - before.at) / MICROSECONDS;
  const times = Object.entries(after.cpu[system] ?? {});
  return Object.fromEntries(
    times.map(([name, micros]) => [
      name,
      ((micros - (before.cpu[system]?.[name] ?? 0)) / MICROSECONDS / seconds) * 100,
    ]),
  );
}
