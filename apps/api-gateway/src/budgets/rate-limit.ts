/** How many calls are allowed in any stretch of so many seconds; null is without limit. */
export type Window = { readonly name: string; readonly seconds: number; readonly limit: number | null };

/** Counts the calls of one token or of one workspace. */
export type CountedWindow = Window & { readonly of: string };

export type Limited = CountedWindow & { readonly limit: number };

export type Budget = Omit<Limited, 'of'> & {
  readonly remaining: number;
  /** Seconds until there is room for one more than now; 0 where nothing has been taken. */
  readonly resetSeconds: number;
};

export type Taken = {
  readonly allowed: boolean;
  /** Whole seconds until the call would be allowed. */
  readonly retryAfter: number;
  /** One for each window that has a limit, in the given order; none if nobody could count. */
  readonly budgets: readonly Budget[];
};

/** Exact: never more than the limit in any stretch of a window's length. What is refused is not counted: waiting as told is enough. */
export type RateLimit = AsyncDisposable & {
  /** Counts one call in a workspace against each of the windows, if all of them have room. */
  readonly take: (workspaceId: string, windows: readonly CountedWindow[]) => Promise<Taken>;
};

/** The number of calls in a window, and when the one was made that must leave it before one more has room. */
export type Log = { readonly calls: number; readonly next: number | undefined };

export const isLimited = (window: CountedWindow): window is Limited => window.limit !== null;

export const UNCOUNTED: Taken = { allowed: true, retryAfter: 0, budgets: [] };

/** The index of `next` among the calls of a log. It is not the first if a limit was lowered and the log is over it. */
export const nextOf = (calls: number, limit: number): number => Math.max(0, calls - limit);

/** Answers a call by the log of each window; times in ms. */
export function taken(allowed: boolean, windows: readonly Limited[], logs: readonly Log[], now: number): Taken {
  const budgets = windows.map(({ of: _, ...window }, n): Budget => {
    const { calls, next } = logs[n]!;
    return {
      ...window,
      remaining: Math.max(0, window.limit - calls),
      resetSeconds: next === undefined ? unused(window) : Math.max(1, Math.ceil((next - now) / 1000) + window.seconds),
    };
  });
  const full = budgets.filter(({ remaining }) => remaining === 0);
  return { allowed, retryAfter: allowed ? 0 : Math.max(...full.map(({ resetSeconds }) => resetSeconds)), budgets };
}

// A window of nothing never has room; the whole of it is what can be said.
const unused = ({ limit, seconds }: Pick<Limited, 'limit' | 'seconds'>) => (limit === 0 ? seconds : 0);
