import type { DialectName } from '@kith/contracts';
import type { Limits, PlanName } from '@kith/contracts/tokens';

/** Which dialects may be spoken, and how fast. */
export type Terms = { readonly limits: Limits; readonly apiAccess: readonly DialectName[] };

export type Plans = Readonly<Record<PlanName, Terms>>;

/** What an account has instead of its plan's; null where it keeps to the plan. */
export type Overrides = { readonly limits: Limits | null; readonly apiAccess: readonly DialectName[] | null };

/** The plan's terms with an account's own over them: limits window by window, the list of dialects as a whole. */
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

/** Whether two sets of overrides come to the same, in whatever order they are written. */
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
