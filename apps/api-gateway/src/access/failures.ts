import { Problem } from '@kith/contracts';

import { networkOf } from './addresses.ts';

const WINDOW_MS = 60_000;
const MOST_FAILURES = 60;
const REMEMBERED_MS = 1_000;
const MOST_NETWORKS = 10_000;

/** A token that was not found: when it was first, which counts, and last, which saves a look-up. */
type Failure = { readonly since: number; lookedUpAt: number };

/** The unknown tokens of each address in the last minute. One that is sent again counts once: it is no guess, but a client nobody has told. */
export function countFailures(now: () => number) {
  // In the order of their last failure; and the tokens of each in that of their first.
  const networks = new Map<string, Map<string, Failure>>();

  function failuresOf(network: string): Map<string, Failure> {
    const failures = networks.get(network) ?? new Map<string, Failure>();
    for (const [hash, { since }] of failures) {
      if (now() - since < WINDOW_MS) break;
      failures.delete(hash);
    }
    return failures;
  }

  return {
    /** Whether it was looked up a moment ago; throws `rate-limited` where too many others have failed. */
    isDead(hash: string, address: string): boolean {
      const failures = failuresOf(networkOf(address));
      const known = failures.get(hash);
      if (known) return now() - known.lookedUpAt < REMEMBERED_MS;
      if (failures.size < MOST_FAILURES) return false;
      const [oldest] = failures.values();
      const retryAfter = Math.max(1, Math.ceil(((oldest?.since ?? 0) + WINDOW_MS - now()) / 1_000));
      throw new Problem('rate-limited', `Too many unknown tokens. Try again in ${retryAfter} seconds.`, { retryAfter });
    },

    note(hash: string, address: string): void {
      const network = networkOf(address);
      const failures = failuresOf(network);
      const known = failures.get(hash);
      if (known) known.lookedUpAt = now();
      else failures.set(hash, { since: now(), lookedUpAt: now() });
      networks.delete(network);
      networks.set(network, failures);
      const [oldest] = networks.keys();
      if (networks.size > MOST_NETWORKS && oldest !== undefined) networks.delete(oldest);
    },

    /** Something has changed: what was dead may live. */
    lookAgain(): void {
      for (const failures of networks.values()) for (const failure of failures.values()) failure.lookedUpAt = -Infinity;
    },
  };
}
