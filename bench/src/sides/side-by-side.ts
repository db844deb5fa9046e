import type { Context } from '../harness/context.ts';
import { eachRound, interleave, type Rounds } from '../harness/interleave.ts';
import type { Sample } from '../harness/statistics.ts';
import type { Table } from '../report/figure.ts';
import { number } from '../report/numbers.ts';
import type { Job, Side } from './side.ts';
import { sum, turn, type Turn } from './turn.ts';

/** One job at one number of connections, done by all sides in turn. */
export type Compared = { readonly connections: number; readonly rounds: Rounds<string, Turn> };

/** Gives each side its turn at each number of connections. With several sides, each waits until the previous one is quiet, and a pause more. */
export async function sideBySide(sides: readonly Side[], job: Job, context: Context): Promise<readonly Compared[]> {
  const compared: Compared[] = [];
  for (const connections of context.connections) {
    context.say(`${job}: ${connectionsOf(connections)}`);
    const legs = Object.fromEntries(
      sides.map((side) => [side.name, () => turn(side, job, connections, context.seconds)]),
    );
    const rest = sides.length > 1 ? context.pause : 0;
    compared.push({ connections, rounds: await interleave(legs, { ...context, rest }) });
  }
  return compared;
}

export const connectionsOf = (connections: number) =>
  connections === 1 ? '1 connection' : `${connections} connections`;

export const sample = ({ rounds }: Compared, side: string, valueOf: (turn: Turn) => number): Sample =>
  eachRound(rounds, (measured) => valueOf(measured[side]!));

export const ratio = ({ rounds }: Compared, ours: string, theirs: string, valueOf: (turn: Turn) => number): Sample =>
  eachRound(rounds, (measured) => valueOf(measured[ours]!) / valueOf(measured[theirs]!));

/** The whole CPU of a request: during the load and after it. */
export const cpuOf = ({ cpu, cpuAfter }: Turn) => sum(cpu) + cpuAfter;

/** The medians of every side, with CPU by process. */
export function turnsTable(compared: readonly Compared[], job: Job): Table {
  const sides = Object.keys(compared[0]?.rounds[0]?.measured ?? {});
  const processes = [
    ...new Set(
      compared.flatMap(({ rounds }) =>
        rounds.flatMap(({ measured }) => Object.values(measured).flatMap(({ cpu }) => Object.keys(cpu))),
      ),
    ),
  ];
  const columns: readonly (readonly [string, (turn: Turn) => number])[] = [
    ['/s', ({ perSecond }) => perSecond],
    ...(job === 'create' ? [['/s until settled', ({ settledPerSecond }: Turn) => settledPerSecond] as const] : []),
    ['p50, ms', ({ p50 }) => p50],
    ['p99, ms', ({ p99 }) => p99],
    ['CPU, ms', cpuOf],
    ...(job === 'create' ? [['put off', ({ cpuAfter }: Turn) => cpuAfter] as const] : []),
    ...processes.map((name) => [name, ({ cpu }: Turn) => cpu[name] ?? NaN] as const),
  ];
  return [
    [`${job}, connections`, ...columns.map(([name]) => name)],
    ...compared.flatMap((one) =>
      sides.map((side) => [
        sides.length > 1 ? `${one.connections}, ${side}` : String(one.connections),
        ...columns.map(([, valueOf]) => number(sample(one, side, valueOf).median)),
      ]),
    ),
  ];
}
