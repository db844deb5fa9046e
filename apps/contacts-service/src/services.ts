import {
  commandHandler,
  countUnpublished,
  forgetErased,
  type Keyring,
  readStream,
  toldAsShells,
} from '@kith/event-store';
import type { Pool } from 'pg';

import { contact, contactEvent, type Contact } from './contact/contact.ts';
import { contactList, contactListEvent } from './list/list.ts';
import { contactListRow } from './list/row.ts';
import { contactRow } from './contact/row.ts';
import { deletedLists, erasures } from './erasure/ledger.ts';
import { contactCounts, formerMembers, listMembers } from './contact/membership.ts';
import { publishedForm } from './publish.ts';
import { contactListQueries } from './list/queries.ts';
import { contactQueries } from './contact/queries.ts';
import { erasureQueries } from './erasure/queries.ts';

export const contactAggregate = {
  category: 'contact',
  decider: contact,
  schema: contactEvent,
  row: contactRow,
  views: [
    listMembers,
    formerMembers,
    contactCounts,
    erasures,
    ...forgetErased<Contact>('contact', ({ status }) => status === 'erased'),
  ],
};
export const contactListAggregate = {
  category: 'list',
  decider: contactList,
  schema: contactListEvent,
  row: contactListRow,
  views: [deletedLists],
};

/** A change of all that a contact has is some 100 kB at most. */
const EVENTS_PER_PAGE = 100;

/** By this name it follows the feed into Kafka. */
export const RELAY = 'kafka';

export type Services = ReturnType<typeof services>;

type ServicesOptions = {
  /** Where searches are made, if not where everything is. */
  readonly searches?: Pool;
  /** Events were stored. */
  readonly onAppended?: () => void;
  /** A list was deleted, and its contacts are still in it. */
  readonly onListDeleted?: () => void;
};

export const services = (
  pool: Pool,
  keyring: Keyring,
  { searches = pool, onAppended = () => {}, onListDeleted = () => {} }: ServicesOptions = {},
) => ({
  contacts: commandHandler(pool, contactAggregate, { keyring, onAppended }),
  lists: commandHandler(pool, contactListAggregate, { onAppended }),
  queries: { contacts: contactQueries(pool, searches), lists: contactListQueries(pool) },
  ...erasureQueries(pool),
  unlist: onListDeleted,
  /** How many events wait to be published, counted up to a number. */
  unpublished: (upTo: number) => countUnpublished(pool, RELAY, upTo),
  /** A page of a contact's events, those next after a version, as the topic carries them. */
  async published(contactId: number, after: number) {
    const stream = `contact-${contactId}`;
    const events = await readStream(pool, stream, keyring, { after, most: EVENTS_PER_PAGE });
    const shells = await toldAsShells(pool, stream);
    return events.flatMap((event) => publishedForm(event, shells.has(event.eventId)));
  },
});
