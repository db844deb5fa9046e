import { type ServiceClient, type ServiceClientOptions, serviceClient, turns } from '@kith/http';

const PLACES = 16;
/** No workspace holds all places, so that another's search is asked for while a flood is under way. */
const EACH = 8;
const WAITING = 64;

/**
 * Searches may take seconds, so they have connections of their own, taken in turns: neither another workspace nor a call that is no search
 * waits for a flood of searches. Half of the time that a call has may pass before its turn.
 */
export const searchClient = (options: ServiceClientOptions & { readonly timeoutMs: number }): ServiceClient =>
  serviceClient({
    ...options,
    connections: PLACES,
    turns: {
      take: turns({
        places: PLACES,
        each: EACH,
        waiting: WAITING,
        patienceMs: options.timeoutMs / 2,
        refusal: 'Too many searches of this workspace are waiting. Try again soon.',
      }),
      of: ({ headers }) => headers?.['x-kith-workspace'] ?? '',
    },
  });
