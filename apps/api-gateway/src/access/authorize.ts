import { Problem, type Scope } from '@kith/contracts';
import type { TokenInfo } from '@kith/contracts/tokens';
import { PROBES } from '@kith/http';
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';

import type { Principal } from './principal.ts';
import type { RequestContext, RequestContexts } from './request-context.ts';

/** Tells who may call a route. One that says nothing serves nobody; a public one answers anybody. */
export type Access = 'public' | { readonly scope?: Scope; readonly operator?: true; readonly anyToken?: true };

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** Runs on every route of the gateway, before the body is read. No plugin can forget it. */
export const authenticate =
  (contexts: Pick<RequestContexts, 'of'>): onRequestAsyncHookHandler =>
  async (request) => {
    const access = accessOf(request);
    if (access !== 'public') request.principal = admit(contexts.of(request), access);
  };

function accessOf({ is404, routeOptions: { url = '', config } }: FastifyRequest): Access {
  if (is404 || PROBES.has(url)) return 'public';
  return config.access ?? {};
}

/** The token of a request, if it is one of the API that is called. */
export const tokenOf = ({ identity, dialect }: RequestContext): TokenInfo | undefined =>
  identity.kind === 'bearer' && identity.token.dialect === dialect ? identity.token : undefined;

/** The principal, if the route is for them (WD-50, WD-51). */
export function admit({ identity, dialect }: RequestContext, access: Exclude<Access, 'public'>): Principal {
  const { scope, operator, anyToken } = access;
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
