import { type Turns, turns } from '@kith/http';
import type { Pool } from 'pg';

/** Searches have connections of their own: what else is asked does not wait for a search. */
export const SEARCH_CONNECTIONS = 4;

/** Where searches are made, and whose turn it is. */
export type Searches = { readonly pool: Pool; readonly inTurn: Turns };

/**
 * Workspaces take turns, so that one whose searches are many or slow delays its own. Another's finds the fourth connection free, or is next.
 * Who asks gives up after ten seconds: what has waited for half of them may not be through in the rest.
 */
export const searchesIn = (pool: Pool): Searches => ({
  pool,
  inTurn: turns({
    places: SEARCH_CONNECTIONS,
    each: SEARCH_CONNECTIONS - 1,
    waiting: 32,
    patienceMs: 5_000,
    refusal: 'Too many searches of this workspace are waiting. Try again soon.',
  }),
});
