import { type Turns, turns } from '@kith/http';
import type { Pool } from 'pg';

/** Searches have connections of their own, so that no other request waits for a search. */
export const SEARCH_CONNECTIONS = 4;

/** The pool that searches run on, and the turns that workspaces take. */
export type Searches = { readonly pool: Pool; readonly inTurn: Turns };

/**
 * Workspaces take turns, so that many or slow searches of one delay only its own. A search of another finds the fourth connection free, or is
 * next. The gateway gives up after ten seconds: a search that has waited for five may not end in the other five.
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
