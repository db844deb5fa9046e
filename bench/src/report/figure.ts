import { foreignCpuOf, type Rounds } from '../harness/interleave.ts';
import type { Sample, Spread } from '../harness/statistics.ts';

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

export type Measure = { readonly name: string; readonly sample: Sample; readonly goal?: Goal | undefined };

/** The first row names the columns. */
export type Table = readonly (readonly string[])[];

/** Measurements that belong together. They are printed, never asserted. */
export type Figure = {
  /** The id in docs and issues, such as `G1`. */
  readonly id: string;
  readonly what: string;
  readonly measures: readonly Measure[];
  readonly table?: Table;
  /** A sentence that belongs to the figures. */
  readonly note?: string;
  /** The share of all cores that other processes had during the rounds. */
  readonly foreignCpu?: Spread;
  /** Long detail, such as plans: for the terminal only. */
  readonly text?: string;
};

export type Verdict = 'met' | 'missed' | 'open';

export const measure = (name: string, sample: Sample, goal?: Goal): Measure => ({ name, sample, goal });

/** Empty when the rounds were too short to tell. */
export function foreign(rounds: Rounds<string, unknown>): Pick<Figure, 'foreignCpu'> {
  const foreignCpu = foreignCpuOf(rounds);
  return Number.isNaN(foreignCpu.median) ? {} : { foreignCpu };
}

/** A goal is met if the quartile on its worse side meets it, and missed if not even the better quartile does. In between it is open: more rounds may tell. */
export function verdictOf({ sample: { lower, upper }, goal }: Measure): Verdict | undefined {
  if (!goal || Number.isNaN(lower)) return undefined;
  const [met, possible] =
    'atLeast' in goal ? [lower >= goal.atLeast, upper >= goal.atLeast] : [upper <= goal.atMost, lower <= goal.atMost];
  if (met) return 'met';
  return possible ? 'open' : 'missed';
}
