import { Problem } from '@kith/contracts';
import type { TokenInfo } from '@kith/contracts/tokens';
import type { onRequestAsyncHookHandler } from 'fastify';

import { tokenOf } from '../access/authorize.ts';
import type { RequestContexts } from '../access/request-context.ts';
import { type Dialects, dialectNamed } from '../dialects/dialect.ts';
import { rateLimitHeaders } from './headers.ts';
import type { CountedWindow, RateLimit, Window } from './rate-limit.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Counts as a read, whatever its method. */
    reads?: true;
  }
}

type Options = {
  readonly rateLimit: Pick<RateLimit, 'take'>;
  readonly contexts: Pick<RequestContexts, 'of'>;
  readonly dialects: Dialects;
};

/** More tokens do not multiply a plan: all tokens of a workspace together have five times the limit of one. */
const TOKENS_WORTH = 5;

/**
 * Takes each request from the budget of its token, and from that of its workspace. Every answer to a known token counts: 403 and 404 as
 * well, but no 401. The operator has no budget, and public routes take from none.
 */
export const countAgainstBudget =
  ({ rateLimit, contexts, dialects }: Options): onRequestAsyncHookHandler =>
  async (request, reply) => {
    const context = contexts.of(request);
    const token = tokenOf(context);
    if (!token) return;
    const { windows: windowsOf, rateHeaders = rateLimitHeaders } = dialectNamed(dialects, context.dialect);
    const { reads } = request.routeOptions.config;
    const windows = windowsOf(token.limits, { method: request.method, reads });
    const { allowed, retryAfter, budgets } = await rateLimit.take(token.workspaceId, counted(windows, token));
    reply.headers(rateHeaders(budgets));
    if (!allowed) {
      const detail = `Too many requests. Try again in ${retryAfter} seconds.`;
      throw new Problem('rate-limited', detail, { retryAfter });
    }
  };

const counted = (windows: readonly Window[], { tokenId, workspaceId }: TokenInfo): CountedWindow[] => [
  ...windows.map((window) => ({ ...window, of: tokenId })),
  ...windows.map(({ name, seconds, limit }) => ({
    name: `workspace-${name}`,
    seconds,
    limit: limit === null ? null : limit * TOKENS_WORTH,
    of: workspaceId,
  })),
];
