import type { PublishedContactsEvent } from '@kith/contracts/topics';
import {
  commandHandler,
  forgetErased,
  type Keyring,
  type Projection,
  readStream,
  toldAsShells,
} from '@kith/event-store';
import type { Pool } from 'pg';

import { contact, contactEvent, type ContactState } from './contact.ts';
import { contactCounts } from './counts.ts';
import { formerMembers, listMembers } from './membership.ts';
import { contactShell, publishedContact } from './published.ts';
import { contactQueries } from './queries.ts';
import { contactRow } from './row.ts';

export const contactAggregate = {
  category: 'contact',
  decider: contact,
  schema: contactEvent,
  row: contactRow,
  projections: [
    listMembers,
    formerMembers,
    contactCounts,
    ...forgetErased<ContactState>('contact', ({ status }) => status === 'erased'),
  ],
};

/** A change of every field of a contact takes some 100 kB at most. */
const EVENTS_PER_PAGE = 100;

type Options = {
  readonly keyring: Keyring;
  /** The pool for searches. */
  readonly searches: Pool;
  readonly onAppended: () => void;
  /** The projections of other nouns, written in the same statement. */
  readonly projections: readonly Projection<ContactState>[];
};

export const contactService = (pool: Pool, { keyring, searches, onAppended, projections }: Options) => ({
  ...commandHandler(
    pool,
    { ...contactAggregate, projections: [...contactAggregate.projections, ...projections] },
    { keyring, onAppended },
  ),
  ...contactQueries(pool, searches),

  /** The next events of a contact after a version, a page of them, as the topic carries them. */
  async published(contactId: number, after: number): Promise<PublishedContactsEvent[]> {
    const stream = `contact-${contactId}`;
    const events = await readStream(pool, stream, keyring, { after, most: EVENTS_PER_PAGE });
    const shells = await toldAsShells(pool, stream);
    return events.map((stored) => ({
      id: stored.eventId,
      sequence: stored.version,
      time: stored.recordedAt.toISOString(),
      event: (shells.has(stored.eventId) ? contactShell : publishedContact)(contactId, stored),
    }));
  },
});
