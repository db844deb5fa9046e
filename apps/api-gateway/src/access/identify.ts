import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { isWellFormedToken, type TokenInfo } from '@kith/contracts/tokens';
import { secretAmong } from '@kith/http';

import type { AddressOf } from './addresses.ts';
import type { LookUps } from './look-ups.ts';

/** The sender of a request, before anything is said about what they may do. */
export type Identity =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'operator' }
  | { readonly kind: 'bearer'; readonly token: TokenInfo }
  /** There is a token, but it cannot be looked up now, or too many were. */
  | { readonly kind: 'unknown'; readonly reason: unknown };

export type Identify = (token: string | undefined, request: IncomingMessage) => Promise<Identity>;

export const NOBODY: Identity = { kind: 'nobody' };

type Options = { readonly operatorKey: string; readonly addressOf: AddressOf };

export function identify(tokenCache: Pick<LookUps, 'of'>, { operatorKey, addressOf }: Options): Identify {
  const isOperatorKey = secretAmong([operatorKey]);
  return async (token, request) => {
    if (token === undefined) return NOBODY;
    if (isOperatorKey(token)) return { kind: 'operator' };
    // A token that is not one of ours costs no look-up.
    if (!isWellFormedToken(token)) return NOBODY;
    try {
      const info = await tokenCache.of(hash('sha256', token), addressOf(request));
      return info && !isExpired(info) ? { kind: 'bearer', token: info } : NOBODY;
    } catch (reason) {
      return { kind: 'unknown', reason };
    }
  };
}

// A cached token may have expired since it was looked up.
const isExpired = ({ expiresAt }: TokenInfo) => expiresAt !== null && Date.parse(expiresAt) <= Date.now();
