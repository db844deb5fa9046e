import type { TokenInfo } from '@kith/contracts/tokens';

/** The operator of the installation, or the bearer of a workspace's token: a request is served on their behalf. */
export type Principal = TokenInfo | 'operator';

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal;
  }
}
