import type { IncomingMessage } from 'node:http';

import type { DialectName } from '@kith/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';

import { type Dialects, dialectNamed } from '../dialects/dialect.ts';
import { addressedDialect, credentialOf, type DialectHosts } from '../dialects/resolve.ts';
import { type Identify, type Identity, NOBODY } from './identify.ts';

/** The sender of a request, and the API they call. */
export type RequestContext = { readonly identity: Identity; readonly dialect: DialectName };

export type RequestContexts = ReturnType<typeof requestContexts>;

type Options = {
  readonly dialects: Dialects;
  readonly hosts: DialectHosts;
  /** Tells the public paths: no token is looked up there. */
  readonly isPublic: (path: string) => boolean;
};

type Strategy = Parameters<FastifyInstance['addConstraintStrategy']>[0];

/**
 * Routes are constrained by dialect: the same path is one route for a token of one vendor's API, and another for the next. So the sender
 * is found out while a request is routed, once, and kept for the hooks and the handler.
 */
export function requestContexts(identify: Identify, { dialects, hosts, isPublic }: Options) {
  const contexts = new WeakMap<IncomingMessage, RequestContext>();

  async function contextOf(request: IncomingMessage): Promise<RequestContext> {
    const { url = '/', headers } = request;
    const [path = url] = url.split('?');
    const addressed = addressedDialect({ url, host: headers.host }, hosts);
    if (isPublic(path)) return { identity: NOBODY, dialect: addressed ?? 'native' };
    const token = credentialOf(headers, addressed ? [dialectNamed(dialects, addressed)] : dialects);
    const identity = await identify(token, request);
    const dialect = addressed ?? (identity.kind === 'bearer' ? identity.token.dialect : 'native');
    // A token counts only where the clients of its own API send it.
    const isInPlace = dialectNamed(dialects, dialect).credential(headers) === token;
    return { identity: isInPlace ? identity : NOBODY, dialect };
  }

  async function begin(request: IncomingMessage): Promise<DialectName> {
    const context = await contextOf(request);
    contexts.set(request, context);
    return context.dialect;
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
    // Fastify's types have synchronous constraints only; the router recognises an asynchronous one by its third parameter.
    strategy: strategy as unknown as Strategy,
    /** Nothing is known about a request that could not even be routed. */
    of: ({ raw }: Pick<FastifyRequest, 'raw'>): RequestContext =>
      contexts.get(raw) ?? { identity: NOBODY, dialect: 'native' },
  };
}
