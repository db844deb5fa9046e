import type { ContactsEvent } from '@kith/contracts/topics';
import type { StoredEvent } from '@kith/event-store';
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
  const [, category, digits = ''] = /^(contact|list)-(\d+)$/.exec(stored.stream) ?? [];
  const id = Number(digits);
  switch (category) {
    case 'contact':
      return {
        key: digits,
        subject: `contacts/${digits}`,
        event: () => publishedContact(id, stored),
        shell: () => contactShell(id, stored),
      };
    case 'list':
      return {
        key: `list-${digits}`,
        subject: `contact-lists/${digits}`,
        event: () => publishedList(id, stored),
        shell: () => listShell(id, stored),
      };
    default:
      return undefined;
  }
}

function message(stored: StoredEvent, { key, subject }: Entry, event: ContactsEvent): Outgoing<ContactsEvent> {
  const { version, recordedAt, eventId, again, meta } = stored;
  const { traceparent, requestId } = meta;
  return {
    key,
    subject,
    event,
    id: eventId,
    source: '/kith/contacts-service',
    time: recordedAt,
    sequence: version,
    ...(again && { again }),
    ...(traceparent && { traceparent }),
    ...(requestId && { requestId }),
  };
}
