import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { isWellFormedToken, type TokenInfo } from '@kith/contracts/tokens';
import { secretAmong } from '@kith/http';

import type { AddressOf } from './addresses.ts';
import type { LookUps } from './look-ups.ts';

/** Who a request comes from, before it is asked what they may. */
export type Identity =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'operator' }
  | { readonly kind: 'bearer'; readonly token: TokenInfo }
  /** There is a token, and nobody to ask about it, or too much was asked. */
  | { readonly kind: 'unknown'; readonly reason: unknown };

export type Identify = (request: IncomingMessage) => Promise<Identity>;

const NOBODY: Identity = { kind: 'nobody' };

type Options = { readonly operatorKey: string; readonly addressOf: AddressOf };

export function identify(tokenCache: Pick<LookUps, 'of'>, { operatorKey, addressOf }: Options): Identify {
  const isOperatorKey = secretAmong([operatorKey]);
  return async (request) => {
    const token = bearerOf(request.headers.authorization);
    if (token === undefined) return NOBODY;
    if (isOperatorKey(token)) return { kind: 'operator' };
    // What is not one of ours costs no look-up.
    if (!isWellFormedToken(token)) return NOBODY;
    try {
      const info = await tokenCache.of(hash('sha256', token), addressOf(request));
      return info && !isExpired(info) ? { kind: 'bearer', token: info } : NOBODY;
    } catch (reason) {
      return { kind: 'unknown', reason };
    }
  };
}

const bearerOf = (authorization = ''): string | undefined => /^bearer +(\S+) *$/i.exec(authorization)?.[1];

// LookUps are remembered, and time goes on.
const isExpired = ({ expiresAt }: TokenInfo) => expiresAt !== null && Date.parse(expiresAt) <= Date.now();
