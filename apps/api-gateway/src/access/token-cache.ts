import type { TokenInfo } from '@kith/contracts/tokens';
import { Counter } from 'prom-client';

const FRESH_MS = 10_000;
const STALE_MS = 600_000;
const PAUSE_MS = 1_000;
const MOST = 10_000;

const staleTotal = new Counter({
  name: 'kith_gateway_stale_tokens_total',
  help: 'Requests let in by what was known of their token, as token-service did not answer.',
});

type Known = {
  readonly info: TokenInfo;
  readonly since: number;
  /** When token-service last did not answer. */
  failedAt?: number;
};

export type TokenCache = {
  /** Whether it is of a token that was let in: asking for it costs nobody else anything. */
  knows(hash: string): boolean;
  /** Finds the token of this hash; undefined if it lets nobody in. Rejects if it is not cached and token-service does not answer. */
  of(hash: string): Promise<TokenInfo | undefined>;
  forgetToken(tokenId: string): void;
  forgetAccount(accountId: string): void;
};

/**
 * Caches what token-service says about tokens. It is asked again after ten seconds; while it is away, a cached answer holds for
 * ten minutes. "Nobody" is not remembered here: a token must work as soon as it is made, at every replica (`look-ups.ts` bounds what that
 * costs), and what is no token of ours at all never comes this far (its checksum is wrong).
 */
export function tokenCache(
  introspect: (hash: string) => Promise<TokenInfo | undefined>,
  now: () => number = () => performance.now(),
): TokenCache {
  // In the order of their last use.
  const known = new Map<string, Known>();
  const asking = new Map<string, Promise<TokenInfo | undefined>>();

  /** One question at a time for each hash. */
  function ask(hash: string): Promise<TokenInfo | undefined> {
    const under = asking.get(hash);
    if (under) return under;
    const question = introspect(hash).then(
      (info) => {
        // Otherwise something was forgotten meanwhile, and this may be what was true before.
        if (asking.get(hash) === question) remember(hash, info);
        return info;
      },
      (error: unknown) => {
        const entry = known.get(hash);
        if (entry) entry.failedAt = now();
        throw error;
      },
    );
    asking.set(hash, question);
    const done = () => {
      if (asking.get(hash) === question) asking.delete(hash);
    };
    question.then(done, done);
    return question;
  }

  function remember(hash: string, info: TokenInfo | undefined) {
    known.delete(hash);
    if (!info) return;
    known.set(hash, { info, since: now() });
    const [oldest] = known.keys();
    if (known.size > MOST && oldest !== undefined) known.delete(oldest);
  }

  function forget(is: (info: TokenInfo) => boolean) {
    asking.clear();
    for (const [hash, { info }] of known) if (is(info)) known.delete(hash);
  }

  function stale({ info }: Known) {
    staleTotal.inc();
    return info;
  }

  return {
    knows: (hash) => known.has(hash),
    async of(hash) {
      const entry = known.get(hash);
      if (!entry) return ask(hash);
      const age = now() - entry.since;
      if (age < FRESH_MS) {
        known.delete(hash);
        known.set(hash, entry);
        return entry.info;
      }
      if (age >= STALE_MS) return ask(hash);
      const silence = now() - (entry.failedAt ?? -Infinity);
      // A token-service that has just not answered is not waited for again.
      if (silence < FRESH_MS) {
        if (silence >= PAUSE_MS) ask(hash).catch(() => {});
        return stale(entry);
      }
      return ask(hash).catch((error: unknown) => {
        if (known.get(hash) !== entry) throw error;
        return stale(entry);
      });
    },
    forgetToken: (tokenId) => forget((info) => info.tokenId === tokenId),
    forgetAccount: (accountId) => forget((info) => info.accountId === accountId),
  };
}
