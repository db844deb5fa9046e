import type { IncomingMessage } from 'node:http';

import type { DialectName } from '@kith/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { type DialectHosts, resolveDialect } from '../dialects/resolve.ts';
import type { Identify, Identity } from './identify.ts';

/** Who speaks, and in which dialect. */
export type RequestContext = { readonly identity: Identity; readonly dialect: DialectName };

export type RequestContexts = ReturnType<typeof requestContexts>;

type Options = {
  readonly hosts: DialectHosts;
  /** Paths that answer anybody: nobody is asked there who they are. */
  readonly isOpen: (path: string) => boolean;
};

type Strategy = Parameters<FastifyInstance['addConstraintStrategy']>[0];

/**
 * Routes are constrained by dialect: the same path is one thing to a token of one vendor's dialect, and another to the next. So who
 * speaks is found out as a request is routed, once, and kept for what comes after.
 */
export function requestContexts(identify: Identify, { hosts, isOpen }: Options) {
  const known = new WeakMap<IncomingMessage, RequestContext>();

  async function begin(request: IncomingMessage): Promise<DialectName> {
    const { url = '/', headers } = request;
    const [path = url] = url.split('?');
    const identity: Identity = isOpen(path) ? { kind: 'nobody' } : await identify(request);
    const tokenDialect = identity.kind === 'bearer' ? identity.token.dialect : undefined;
    const dialect = resolveDialect({ url, host: headers.host, tokenDialect }, hosts);
    known.set(request, { identity, dialect });
    return dialect;
  }

  const strategy = {
    name: 'dialect',
    storage() {
      const routes = new Map<unknown, unknown>();
      return {
        get: (dialect: unknown) => routes.get(dialect) ?? null,
        set: (dialect: unknown, route: unknown) => void routes.set(dialect, route),
      };
    },
    deriveConstraint(request: IncomingMessage, _context: unknown, done: (error: unknown, dialect?: string) => void) {
      begin(request).then((dialect) => done(null, dialect), done);
    },
  };

  return {
    // The types know only of constraints that are derived at once; the router tells the others by their third parameter.
    strategy: strategy as unknown as Strategy,
    /** Of a request that could not even be routed nothing is known. */
    of: ({ raw }: Pick<FastifyRequest, 'raw'>): RequestContext =>
      known.get(raw) ?? { identity: { kind: 'nobody' }, dialect: 'native' },
  };
}
