import type { Spread } from '../harness/statistics.ts';
import type { Goal } from './figure.ts';

/** Rounds to three digits; a noisy machine can tell no more. */
export const number = (value: number): string => {
  if (Number.isNaN(value)) return '–';
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en') : String(+value.toPrecision(3));
};

export const percent = (share: number): string => `${number(share * 100)} %`;

export const quartiles = ({ lower, upper }: Spread, say = number): string => `${say(lower)} to ${say(upper)}`;

export const goalText = (goal: Goal): string =>
  'atLeast' in goal ? `≥ ${number(goal.atLeast)}` : `≤ ${number(goal.atMost)}`;
