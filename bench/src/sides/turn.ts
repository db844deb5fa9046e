import { closedLoop, type Load } from '../harness/load.ts';
import type { CpuTimes } from '../harness/processes.ts';
import type { Job, Side } from './side.ts';

export type Turn = Load & {
  /** Creates per second, counted until the last of them was published and verified. */
  readonly settledPerSecond: number;
  /** ms of CPU for each request while the load lasted, by process. */
  readonly cpu: Readonly<Record<string, number>>;
  /** ms of CPU for each request that were deferred until after the load. */
  readonly cpuAfter: number;
};

/** Runs one side's turn: a burst, and then the work that the burst left to be done. */
export async function turn(side: Side, job: Job, connections: number, seconds: number): Promise<Turn> {
  const before = side.cpu();
  const load = await closedLoop(connections, seconds, side[job]);
  const end = performance.now();
  const loaded = side.cpu();
  // Reads leave nothing behind.
  const settled = job === 'create' ? await side.settled() : { at: end, cpu: undefined };
  const after = Math.max(0, settled.at - end) / 1000;
  return {
    ...load,
    settledPerSecond: load.count / (load.elapsed + after),
    cpu: perRequest(before, loaded, load.count),
    cpuAfter: sum(perRequest(loaded, settled.cpu ?? loaded, load.count)),
  };
}

/** NaN when the processes are not ours. */
export const sum = (times: CpuTimes): number => {
  const all = Object.values(times);
  return all.length > 0 ? all.reduce((total, time) => total + time, 0) : NaN;
};

const perRequest = (before: CpuTimes, after: CpuTimes, count: number) =>
  Object.fromEntries(
    Object.entries(after).map(([name, micros]) => [name, (micros - (before[name] ?? 0)) / 1000 / count]),
  );
