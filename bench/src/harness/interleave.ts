import { setTimeout as delay } from 'node:timers/promises';

import { watchForeignCpu } from './processes.ts';
import { type Sample, sampleOf, type Spread, spreadOf } from './statistics.ts';

/** Each round's measurements, by leg. */
export type Rounds<Leg extends string, M> = readonly {
  readonly measured: Readonly<Record<Leg, M>>;
  readonly foreignCpu: number;
}[];

type Options = {
  readonly rounds: number;
  /** Seconds of rest after each turn, so that unfinished work of one turn does not slow the next leg. */
  readonly rest?: number;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly wait?: (ms: number) => Promise<unknown>;
};

/**
 * Runs the legs in turn, every other round backwards, after one round that does not count. So background load and
 * warm-up affect all legs alike.
 */
export async function interleave<Leg extends string, M>(
  legs: Readonly<Record<Leg, () => Promise<M>>>,
  { rounds, rest = 0, say, signal, wait = delay }: Options,
): Promise<Rounds<Leg, M>> {
  const names = Object.keys(legs) as Leg[];
  const turn = async (name: Leg) => {
    signal?.throwIfAborted();
    const measured = await legs[name]();
    if (rest > 0) await wait(rest * 1000);
    return measured;
  };
  for (const name of names) await turn(name);
  const done = [];
  for (let n = 1; n <= rounds; n++) {
    const foreignCpu = watchForeignCpu();
    const measured: Partial<Record<Leg, M>> = {};
    for (const name of n % 2 ? names : names.toReversed()) measured[name] = await turn(name);
    say(`  round ${n} of ${rounds}`);
    done.push({ measured: measured as Record<Leg, M>, foreignCpu: foreignCpu() });
  }
  return done;
}

/** A value of each round, such as a ratio of two legs. */
export const eachRound = <Leg extends string, M>(
  rounds: Rounds<Leg, M>,
  valueOf: (measured: Readonly<Record<Leg, M>>) => number,
): Sample => sampleOf(...rounds.map(({ measured }) => valueOf(measured)));

export const foreignCpuOf = (rounds: Rounds<string, unknown>): Spread =>
  spreadOf(rounds.map(({ foreignCpu }) => foreignCpu));
