import type { Budget } from './rate-limit.ts';

/** Both families (WD-57): what clients read today, of the budget that is nearest its end, and the IETF's draft, of all of them. */
export function rateLimitHeaders(budgets: readonly Budget[]): Record<string, string> {
  const [tightest] = budgets.toSorted((a, b) => a.remaining - b.remaining);
  if (!tightest) return {};
  return {
    'x-ratelimit-limit': String(tightest.limit),
    'x-ratelimit-remaining': String(tightest.remaining),
    'ratelimit-policy': budgets.map(({ name, limit, seconds }) => `"${name}";q=${limit};w=${seconds}`).join(', '),
    ratelimit: budgets
      .map(({ name, remaining, resetSeconds }) => `"${name}";r=${remaining};t=${resetSeconds}`)
      .join(', '),
  };
}
