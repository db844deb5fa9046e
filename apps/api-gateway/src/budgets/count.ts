import { type DialectName, Problem } from '@kith/contracts';
import type { TokenInfo } from '@kith/contracts/tokens';
import type { onRequestAsyncHookHandler } from 'fastify';

import { tokenOf } from '../access/authorize.ts';
import type { RequestContexts } from '../access/request-context.ts';
import { rateLimitHeaders } from './headers.ts';
import type { CountedWindow, RateLimit, Window } from './rate-limit.ts';
import type { Windows } from './reads-and-writes.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Counts as a read, whatever its method. */
    reads?: true;
  }
}

type Options = {
  readonly rateLimit: Pick<RateLimit, 'take'>;
  readonly contexts: Pick<RequestContexts, 'of'>;
  readonly windowsOf: (dialect: DialectName) => Windows;
};

/** More tokens do not multiply a plan: all of a workspace's have this many times what one has. */
const TOKENS_WORTH = 5;

/**
 * Takes each request from the budget of its token, and from that of its workspace: one by which somebody is known, so all answers count but 401, what does not
 * exist and what is forbidden too. The operator has none, nor have the routes that ask nobody who they are.
 */
export const countAgainstBudget =
  ({ rateLimit, contexts, windowsOf }: Options): onRequestAsyncHookHandler =>
  async (request, reply) => {
    const context = contexts.of(request);
    const bearer = tokenOf(context);
    const { access, reads } = request.routeOptions.config;
    if (!bearer || (!access && !request.is404)) return;
    const windows = windowsOf(context.dialect)(bearer.limits, { method: request.method, reads });
    const { allowed, retryAfter, budgets } = await rateLimit.take(bearer.workspaceId, counted(windows, bearer));
    reply.headers(rateLimitHeaders(budgets));
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
