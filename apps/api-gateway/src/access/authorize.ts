import { Problem, type Scope } from '@kith/contracts';
import type { TokenInfo } from '@kith/contracts/tokens';
import type { onRequestAsyncHookHandler } from 'fastify';

import type { Principal } from './principal.ts';
import type { RequestContext, RequestContexts } from './request-context.ts';

/** Whom a route is for. One that says nothing is for nobody. */
export type Access = { readonly scope?: Scope; readonly operator?: true; readonly anyToken?: true };

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** Before the body is read: who may not is not listened to. */
export const authenticate =
  (contexts: Pick<RequestContexts, 'of'>): onRequestAsyncHookHandler =>
  async (request) => {
    request.principal = admit(contexts.of(request), request.routeOptions.config.access ?? {});
  };

/** Whose token speaks, where it is one of the API that is spoken to. */
export const tokenOf = ({ identity, dialect }: RequestContext): TokenInfo | undefined =>
  identity.kind === 'bearer' && identity.token.dialect === dialect ? identity.token : undefined;

/** The speaker, where the route is for them (WD-50, WD-51). */
export function admit({ identity, dialect }: RequestContext, { scope, operator, anyToken }: Access): Principal {
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
      const token = tokenOf({ identity, dialect });
      if (!token) throw new Problem('unauthenticated', 'This token is of another API.');
      if (!token.apiAccess.includes(dialect))
        throw new Problem('forbidden', 'The plan of this account has no access to this API.');
      if (anyToken) return token;
      if (!scope) throw new Problem('forbidden', 'This is for the operator of the installation.');
      if (!token.scopes.includes(scope)) throw new Problem('forbidden', `This token lacks the scope ${scope}.`);
      return token;
    }
  }
}
