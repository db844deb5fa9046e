import { foreignCpuOf, type Measured, type Rounds } from './interleave.ts';
import type { Spread } from './statistics.ts';

/** What a goal measured. Printed, never asserted. */
export type Figure = {
  /** As docs and issues call it, such as `G1`. */
  readonly goal: string;
  readonly what: string;
  /** Of ours over the floor's, a value for each round. */
  readonly ratio?: Spread & { readonly rounds: readonly number[] };
  /** Where ours is to come; a goal is met if the quartile on its worse side meets it. */
  readonly target?: string;
  /** Absolute, of this machine at this hour. */
  readonly values: Readonly<Record<string, number>>;
  /** The share of all cores that others had during the rounds. */
  readonly foreignCpu?: Spread;
  readonly text?: string;
};

export type Context = {
  readonly rounds: number;
  readonly seconds: number;
  readonly contacts: number;
  readonly idle: number;
  readonly say: (line: string) => void;
};

export const foreign = (rounds: Rounds<string, Measured>) => ({ foreignCpu: foreignCpuOf(rounds) });

export function describe({ goal, what, ratio, target, values, foreignCpu, text }: Figure): string {
  const lines = [
    ratio &&
      `ratio     ${spread(ratio, number)}${target ? `   goal ${target}` : ''}   rounds ${ratio.rounds.map(number).join(' ')}`,
    ...Object.entries(values).map(([name, value]) => `${name.padEnd(40)} ${number(value)}`),
    foreignCpu && `others had ${spread(foreignCpu, (share) => `${number(share * 100)} %`)} of the cores`,
    ...(text?.trimEnd().split('\n') ?? []),
  ];
  return [`${goal}  ${what}`, ...lines.filter((line) => line !== undefined).map((line) => `      ${line}`), ''].join(
    '\n',
  );
}

const spread = ({ median, lower, upper }: Spread, say: (value: number) => string) =>
  `${say(median)} (quartiles ${say(lower)} to ${say(upper)})`;

/** Three digits say all that a noisy machine can. */
const number = (value: number) =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : String(+value.toPrecision(3));
