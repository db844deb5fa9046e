/** The middle of many, and how far they are from it: half of them lie between the quartiles. */
export type Spread = { readonly median: number; readonly lower: number; readonly upper: number };

export const spreadOf = (values: readonly number[]): Spread => ({
  median: quantile(values, 0.5),
  lower: quantile(values, 0.25),
  upper: quantile(values, 0.75),
});

/** Between two values, in proportion. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const [below = NaN, above = below] = sorted.slice(Math.floor(at));
  return below + (above - below) * (at % 1);
}
