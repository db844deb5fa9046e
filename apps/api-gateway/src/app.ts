import type { DialectName } from '@kith/contracts';
import {
  type ProblemContext,
  httpApp,
  type HttpAppOptions,
  type HttpProblem,
  PROBES,
  type ProblemAnswer,
} from '@kith/http';

import { addresses } from './access/addresses.ts';
import { countAgainstBudget } from './budgets/count.ts';
import type { RateLimit } from './budgets/rate-limit.ts';
import { readsAndWrites } from './budgets/reads-and-writes.ts';
import type { ContactsClient } from './clients/contacts.ts';
import type { TokensClient } from './clients/tokens.ts';
import { requestContexts } from './access/request-context.ts';
import { dialects } from './dialects/index.ts';
import type { DialectHosts } from './dialects/resolve.ts';
import { identify } from './access/identify.ts';
import type { LookUps } from './access/look-ups.ts';
import { native, nativeProblem } from './native/index.ts';
import { openApi } from './api-docs/openapi.ts';

type Deps = {
  readonly contacts: ContactsClient;
  readonly tokens: TokensClient;
  readonly tokenCache: LookUps;
  readonly rateLimit: Pick<RateLimit, 'take'>;
  readonly isDisposable: (address: string) => boolean;
};

type Options = Pick<HttpAppOptions, 'logger' | 'limits' | 'tls'> & {
  readonly operatorKey: string;
  /** Under which what clients call their requests becomes what we call them. */
  readonly requestIdKey: string;
  readonly dialectHosts: DialectHosts;
  /** Addresses and networks of the proxies in front, which say where a request came from. */
  readonly trustedProxies: readonly string[];
};

const dialectOf = (dialect: DialectName) => dialects.find(({ name }) => name === dialect);

const DIALECT_HEADER = 'x-kith-dialect';

export function buildApp(deps: Deps, { operatorKey, dialectHosts, trustedProxies, ...options }: Options) {
  const open = new Set(PROBES);
  const contexts = requestContexts(identify(deps.tokenCache, { operatorKey, addressOf: addresses(trustedProxies) }), {
    hosts: dialectHosts,
    isOpen: (path) => open.has(path),
  });

  const problemAnswer = (problem: HttpProblem, context: ProblemContext): ProblemAnswer => {
    const { dialect } = contexts.of(context);
    const say = dialectOf(dialect)?.problem ?? nativeProblem;
    const { headers, body } = say(problem, context);
    const challenge = problem.status === 401 && { 'www-authenticate': 'Bearer' };
    return { headers: { ...headers, ...challenge, [DIALECT_HEADER]: dialect }, body };
  };

  const app = httpApp({
    ...options,
    // The services behind it say for themselves whether they are: with one of them away, the rest is still served.
    ready: async () => {},
    problemAnswer,
    constraintsOf: (request) => ({ dialect: contexts.of(request).dialect }),
  });
  app.addConstraintStrategy(contexts.strategy);
  app.addHook('onRoute', ({ url, config, constraints = {} }) => {
    if (!config?.access && !('dialect' in constraints)) open.add(url);
  });
  app.decorateRequest('principal', 'operator');
  app.addHook('onRequest', async (request, reply) => {
    reply.header(DIALECT_HEADER, contexts.of(request).dialect);
  });
  const windowsOf = (dialect: DialectName) => dialectOf(dialect)?.windows ?? readsAndWrites;
  app.addHook('onRequest', countAgainstBudget({ rateLimit: deps.rateLimit, contexts, windowsOf }));

  openApi(app);
  const gateway = { ...deps, contexts };
  app.register(native, gateway);
  for (const { name, plugin } of dialects) {
    app.register(plugin, { ...gateway, prefix: `/${name}` });
    // Where the host or the token says the dialect, on the vendor's own paths.
    app.register(plugin, gateway);
  }
  return app;
}
