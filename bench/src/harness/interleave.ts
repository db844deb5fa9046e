import { watchForeignCpu } from './processes.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** A figure by name, of one leg in one round. */
export type Measured = Readonly<Record<string, number>>;

export type Rounds<Leg extends string, M extends Measured> = readonly {
  readonly measured: Readonly<Record<Leg, M>>;
  readonly foreignCpu: number;
}[];

type Options = { readonly rounds: number; readonly say: (line: string) => void };

/**
 * Runs the legs in turn, every other round backwards, after one round that does not count: what the machine does
 * meanwhile, and what warms up, meets all of them alike.
 */
export async function interleave<Leg extends string, M extends Measured>(
  legs: Readonly<Record<Leg, () => Promise<M>>>,
  { rounds, say }: Options,
): Promise<Rounds<Leg, M>> {
  const names = Object.keys(legs) as Leg[];
  for (const name of names) await legs[name]();
  const done = [];
  for (let n = 1; n <= rounds; n++) {
    const foreignCpu = watchForeignCpu();
    const measured: Partial<Record<Leg, M>> = {};
    for (const name of n % 2 ? names : names.toReversed()) measured[name] = await legs[name]();
    say(`  round ${n} of ${rounds}`);
    done.push({ measured: measured as Record<Leg, M>, foreignCpu: foreignCpu() });
  }
  return done;
}

/** A value of each round, such as a ratio of two legs, and their spread. */
export function eachRound<Leg extends string, M extends Measured>(
  rounds: Rounds<Leg, M>,
  valueOf: (measured: Readonly<Record<Leg, M>>) => number,
): Spread & { readonly rounds: readonly number[] } {
  const values = rounds.map(({ measured }) => valueOf(measured));
  return { ...spreadOf(values), rounds: values };
}

export const foreignCpuOf = (rounds: Rounds<string, Measured>): Spread =>
  spreadOf(rounds.map(({ foreignCpu }) => foreignCpu));
