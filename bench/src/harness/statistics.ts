/** The median of many values and their quartiles: half of the values lie between the quartiles. */
export type Spread = { readonly median: number; readonly lower: number; readonly upper: number };

/** A spread with the values that it summarises, one for each round. */
export type Sample = Spread & { readonly rounds: readonly number[] };

export const spreadOf = (values: readonly number[]): Spread => ({
  median: quantile(values, 0.5),
  lower: quantile(values, 0.25),
  upper: quantile(values, 0.75),
});

export const sampleOf = (...rounds: readonly number[]): Sample => ({ ...spreadOf(rounds), rounds });

/** Interpolates between the two values nearest to the quantile. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const [below = NaN, above = below] = sorted.slice(Math.floor(at));
  return below + (above - below) * (at % 1);
}
