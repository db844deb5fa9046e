import type { ContactsEvent } from '@kith/contracts/topics';
import { envelopeOf, type StoredEvent } from '@kith/event-store';
import type { Outgoing } from '@kith/kafka';

import { contactShell, publishedContact } from './contact/published.ts';
import { listShell, publishedList } from './list/published.ts';

/** The messages that the topic carries of a stored event. */
export function toPublished(stored: StoredEvent): Outgoing<ContactsEvent>[] {
  const entry = entryOf(stored);
  if (!entry) throw new Error(`${stored.stream} is no stream of this service.`);
  return [message(stored, entry, entry.event())];
}

/** The messages with ids only, for an event that cannot be published as it is. */
function shellOf(stored: StoredEvent): Outgoing<ContactsEvent>[] {
  const entry = entryOf(stored);
  return entry ? [message(stored, entry, entry.shell())] : [];
}

export const published = { messagesOf: toPublished, shellOf };

type Entry = {
  readonly key: string;
  readonly subject: string;
  readonly event: () => ContactsEvent;
  readonly shell: () => ContactsEvent;
};

function entryOf(stored: StoredEvent): Entry | undefined {
  const [, category, id = ''] = /^(contact|list)-(.+)$/.exec(stored.stream) ?? [];
  switch (category) {
    case 'contact':
      return {
        key: id,
        subject: `contacts/${id}`,
        event: () => publishedContact(Number(id), stored),
        shell: () => contactShell(Number(id), stored),
      };
    case 'list':
      return {
        key: `list-${id}`,
        subject: `contact-lists/${id}`,
        event: () => publishedList(Number(id), stored),
        shell: () => listShell(Number(id), stored),
      };
    default:
      return undefined;
  }
}

const message = (stored: StoredEvent, { key, subject }: Entry, event: ContactsEvent): Outgoing<ContactsEvent> => ({
  ...envelopeOf(stored),
  source: '/kith/contacts-service',
  key,
  subject,
  event,
});
