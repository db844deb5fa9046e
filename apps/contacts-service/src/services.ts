import { countUnpublished, type Keyring } from '@kith/event-store';
import type { Pool } from 'pg';

import { contactService } from './contact/service.ts';
import { awaitedConfirmations, erasureLedger, erasures } from './erasure/ledger.ts';
import { contactListService } from './list/service.ts';
import { unansweredQueries } from './unanswered/queries.ts';

/** The name of the relay that follows the feed into Kafka. */
export const RELAY = 'kafka';

export type Services = ReturnType<typeof services>;

type Options = {
  /** The pool for searches, if they have one of their own. */
  readonly searches?: Pool;
  /** Called when events were stored. */
  readonly onAppended?: () => void;
  /** Called when a list was deleted and its contacts are still in it. */
  readonly onListDeleted?: () => void;
};

export const services = (
  pool: Pool,
  keyring: Keyring,
  { searches = pool, onAppended = () => {}, onListDeleted = () => {} }: Options = {},
) => ({
  contacts: contactService(pool, { keyring, searches, onAppended, projections: [erasures, awaitedConfirmations] }),
  lists: contactListService(pool, onAppended),
  erasures: erasureLedger(pool),
  unanswered: unansweredQueries(pool, RELAY),
  onListDeleted,
  /** Counts the events that wait to be published, up to a number. */
  unpublished: (upTo: number) => countUnpublished(pool, RELAY, upTo),
});
