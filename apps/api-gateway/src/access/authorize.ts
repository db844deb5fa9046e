import { Problem, type Scope } from '@kith/contracts';
import type { TokenVerdict } from '@kith/contracts/tokens';
import type { onRequestAsyncHookHandler } from 'fastify';

import type { Conversation, Conversations } from './request-context.ts';

/** On whose behalf a request is served: the operator, or the bearer of a workspace's token. */
export type Principal = TokenVerdict | 'operator';

/** Whom a route is for. One that says nothing is for nobody. */
export type Access = { readonly scope?: Scope; readonly operator?: true; readonly anyToken?: true };

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal;
  }
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** Before the body is read: who may not is not listened to. */
export const authenticate =
  (conversations: Pick<Conversations, 'of'>): onRequestAsyncHookHandler =>
  async (request) => {
    request.principal = admit(conversations.of(request), request.routeOptions.config.access ?? {});
  };

/** Whose token speaks, where it is one of the API that is spoken to. */
export const bearerOf = ({ identity, dialect }: Conversation): TokenVerdict | undefined =>
  identity.kind === 'bearer' && identity.verdict.dialect === dialect ? identity.verdict : undefined;

/** The speaker, where the route is for them (WD-50, WD-51). */
export function admit({ identity, dialect }: Conversation, { scope, operator, anyToken }: Access): Principal {
  switch (identity.kind) {
    case 'unknown':
      throw identity.reason;
    case 'nobody':
      throw new Problem('unauthenticated', 'A valid token is needed: Authorization: Bearer kith_…');
    case 'operator':
      // A vendor's API knows no operator.
      if (dialect !== 'native') throw new Problem('unauthenticated', 'This is no token of this API.');
      if (!operator) throw new Problem('forbidden', 'The key of the operator is good for accounts and tokens only.');
      return 'operator';
    case 'bearer': {
      const verdict = bearerOf({ identity, dialect });
      if (!verdict) throw new Problem('unauthenticated', 'This token is of another API.');
      if (!verdict.apiAccess.includes(dialect))
        throw new Problem('forbidden', 'The plan of this account has no access to this API.');
      if (anyToken) return verdict;
      if (!scope) throw new Problem('forbidden', 'This is for the operator of the installation.');
      if (!verdict.scopes.includes(scope)) throw new Problem('forbidden', `This token lacks the scope ${scope}.`);
      return verdict;
    }
  }
}
