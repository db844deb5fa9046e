import type { TokenInfo } from '@kith/contracts/tokens';
import { turns } from '@kith/http';

import { networkOf } from './addresses.ts';
import { countFailures } from './failures.ts';
import type { TokenCache } from './token-cache.ts';

export type LookUps = {
  /** Finds the token of this hash, sent from that address; undefined if it lets nobody in. Rejects if it cannot be looked up, or not now. */
  of(hash: string, address: string): Promise<TokenInfo | undefined>;
  forgetToken(tokenId: string): void;
  forgetAccount(accountId: string): void;
};

/**
 * Anybody can make up a token that is well-formed, and each costs a call and a query. Those that this gateway has not let in lately are looked up
 * in turns, by address, and not at all where too many of an address were unknown. Whoever is known is not concerned.
 */
export function boundLookUps(remembered: TokenCache, now: () => number = () => performance.now()): LookUps {
  const failures = countFailures(now);
  const inTurn = turns({
    places: 32,
    each: 8,
    // After a start nobody is known: a thousand may come at once, through one proxy.
    waiting: 1_000,
    patienceMs: 2_000,
    refusal: 'Too many tokens are being looked up. Try again soon.',
  });

  async function lookUp(hash: string, address: string): Promise<TokenInfo | undefined> {
    if (failures.isDead(hash, address)) return undefined;
    const info = await remembered.of(hash);
    if (!info) failures.note(hash, address);
    return info;
  }

  return {
    of: (hash, address) =>
      remembered.knows(hash) ? remembered.of(hash) : inTurn(networkOf(address), () => lookUp(hash, address)),
    forgetToken(tokenId) {
      failures.lookAgain();
      remembered.forgetToken(tokenId);
    },
    forgetAccount(accountId) {
      failures.lookAgain();
      remembered.forgetAccount(accountId);
    },
  };
}
