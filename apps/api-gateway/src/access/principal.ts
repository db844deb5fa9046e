import { Problem } from '@kith/contracts';
import type { TokenInfo } from '@kith/contracts/tokens';
import type { FastifyRequest } from 'fastify';

/** The operator of the installation, or the bearer of a workspace's token: a request is served on their behalf. */
export type Principal = TokenInfo | 'operator';

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined on a public route, which asks nobody who they are. */
    principal: Principal | undefined;
  }
}

export function principalOf({ principal }: Pick<FastifyRequest, 'principal'>): Principal {
  if (!principal) throw new Problem('unauthenticated', 'A valid token is needed.');
  return principal;
}
