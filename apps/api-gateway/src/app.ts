import { httpApp, type HttpAppOptions, PROBES } from '@kith/http';
import type { RouteOptions } from 'fastify';

import { addresses } from './access/addresses.ts';
import { authenticate } from './access/authorize.ts';
import { identify } from './access/identify.ts';
import type { LookUps } from './access/look-ups.ts';
import { requestContexts } from './access/request-context.ts';
import { openApi } from './api-docs/openapi.ts';
import { countAgainstBudget } from './budgets/count.ts';
import type { RateLimit } from './budgets/rate-limit.ts';
import { dialectNamed } from './dialects/dialect.ts';
import { dialects } from './dialects/index.ts';
import type { DialectHosts } from './dialects/resolve.ts';
import { serve } from './dialects/serve.ts';
import type { Gateway } from './gateway.ts';

type Deps = Gateway & {
  readonly tokenCache: LookUps;
  readonly rateLimit: Pick<RateLimit, 'take'>;
};

type Options = Pick<HttpAppOptions, 'logger' | 'limits' | 'tls'> & {
  readonly operatorKey: string;
  /** Keys the hash that turns a client's request id into one of ours. */
  readonly requestIdKey: string;
  readonly dialectHosts: DialectHosts;
  /** Addresses and networks of the proxies in front, whose word on where a request came from is believed. */
  readonly trustedProxies: readonly string[];
};

const DIALECT_HEADER = 'x-kith-dialect';

export function buildApp(deps: Deps, { operatorKey, dialectHosts, trustedProxies, ...options }: Options) {
  const publicPaths = new Set(PROBES);
  const contexts = requestContexts(identify(deps.tokenCache, { operatorKey, addressOf: addresses(trustedProxies) }), {
    dialects,
    hosts: dialectHosts,
    isPublic: (path) => publicPaths.has(path),
  });

  const app = httpApp({
    ...options,
    // Each service says for itself whether it is ready: with one of them away, the rest is still served.
    ready: async () => {},
    problemAnswer(problem, request) {
      const { dialect } = contexts.of(request);
      const { headers, body } = dialectNamed(dialects, dialect).problem(problem, request);
      const challenge = problem.status === 401 && { 'www-authenticate': 'Bearer' };
      return { headers: { ...challenge, ...headers, [DIALECT_HEADER]: dialect }, body };
    },
    constraintsOf: (request) => ({ dialect: contexts.of(request).dialect }),
  });
  app.addConstraintStrategy(contexts.strategy);
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => void routes.push(route));
  // By now a plugin's own hooks have run as well. The path of a dialect may be another's too: a token is looked up there.
  app.addHook('onReady', async () => {
    for (const { url, config, constraints = {} } of routes)
      if (config?.access === 'public' && !('dialect' in constraints)) publicPaths.add(url);
  });
  app.decorateRequest('principal');
  app.addHook('onRequest', async (request, reply) => {
    reply.header(DIALECT_HEADER, contexts.of(request).dialect);
  });
  app.addHook('onRequest', countAgainstBudget({ rateLimit: deps.rateLimit, contexts, dialects }));
  app.addHook('onRequest', authenticate(contexts));

  openApi(app);
  for (const dialect of dialects) serve(app, dialect, deps);
  return app;
}
