import type { CpuTimes } from '../harness/processes.ts';

/** A system under load, ours or another one, with everything that a comparison needs. */
export type Side = AsyncDisposable & {
  readonly name: string;
  readonly create: () => Promise<unknown>;
  readonly read: () => Promise<unknown>;
  /** Resolves when the work that creates have left behind is done. */
  readonly settled: () => Promise<Settled>;
  /** CPU so far; empty when its processes are not ours. */
  readonly cpu: () => CpuTimes;
};

export type Settled = {
  /** The time by the clock of `performance.now()`. */
  readonly at: number;
  /** CPU up to then; undefined when nothing was left to do. */
  readonly cpu: CpuTimes | undefined;
};

export type Job = 'create' | 'read';

/** The number of contacts that each side reads in turn. */
export const READ_AMONG = 500;
