import type { DialectName } from '@kith/contracts';
import type { Limits, PlanName } from '@kith/contracts/tokens';

/** The dialects that an account may use, and their limits. */
export type Terms = { readonly limits: Limits; readonly apiAccess: readonly DialectName[] };

export type Plans = Readonly<Record<PlanName, Terms>>;

/** The terms of an account that replace its plan's; null keeps the plan's. */
export type Overrides = { readonly limits: Limits | null; readonly apiAccess: readonly DialectName[] | null };

/** Merges an account's own terms over its plan's: limits window by window, the list of dialects as a whole. */
export function effectiveTerms(plan: Terms, own: Overrides): { limits: Limits; apiAccess: DialectName[] } {
  const limits = Object.fromEntries(
    DIALECTS_WITH_LIMITS.filter((dialect) => plan.limits[dialect] ?? own.limits?.[dialect]).map((dialect) => [
      dialect,
      { ...plan.limits[dialect], ...own.limits?.[dialect] },
    ]),
  );
  return { limits, apiAccess: [...(own.apiAccess ?? plan.apiAccess)] };
}

const DIALECTS_WITH_LIMITS = [
  'native',
  'wisepops',
  'leadconnector',
  'consuelo',
  'waply',
] as const satisfies (keyof Limits)[];

/** Says whether two sets of overrides are equal, in any order. */
export const sameOverrides = (a: Overrides, b: Overrides): boolean =>
  windows(a.limits) === windows(b.limits) && dialects(a.apiAccess) === dialects(b.apiAccess);

const windows = (limits: Limits | null) =>
  Object.entries(limits ?? {})
    .flatMap(([dialect, calls]) =>
      Object.entries(calls ?? {}).map(([window, count]) => `${dialect} ${window} ${count}`),
    )
    .toSorted()
    .join();

const dialects = (names: readonly DialectName[] | null) => names?.toSorted().join();
