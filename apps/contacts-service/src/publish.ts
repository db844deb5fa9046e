import type { ContactsEvent, PublishedContactsEvent } from '@kith/contracts';
import { type StoredEvent, toDomainEvent } from '@kith/event-store';
import type { Outgoing } from '@kith/kafka';

import { contactEvent } from './domain/contact.ts';
import { contactListEvent } from './domain/contact-list.ts';

/** What the topic carries of a stored event: every version of every stream is told. */
export function publish(stored: StoredEvent): Outgoing<ContactsEvent> {
  const { version, recordedAt, eventId, meta } = stored;
  const { key, subject, event } = told(stored);
  const { traceparent, requestId } = meta;
  return {
    key,
    subject,
    event,
    id: eventId,
    source: '/kith/contacts-service',
    time: recordedAt,
    sequence: version,
    ...(traceparent && { traceparent }),
    ...(requestId && { requestId }),
  };
}

type Told = { key: string; subject: string; event: ContactsEvent };

function told(stored: StoredEvent): Told {
  const [, category, id = ''] = /^([a-z-]+)-(\d+)$/.exec(stored.stream) ?? [];
  switch (category) {
    case 'contact':
      return { key: id, subject: `contacts/${id}`, event: contactTold(Number(id), stored) };
    case 'list':
      return { key: `list-${id}`, subject: `contact-lists/${id}`, event: listTold(Number(id), stored) };
    default:
      throw new Error(`${stored.stream} is no stream of this service.`);
  }
}

function contactTold(contactId: number, stored: StoredEvent): ContactsEvent {
  if (isShredded(stored)) return shellOf(contactId, stored);
  const event = toDomainEvent(contactEvent, stored);
  const { version } = event;
  const valueVersion = (value: string | null | undefined) => (typeof value === 'string' ? version : null);
  switch (event.type) {
    case 'ContactCreated': {
      const { workspaceId, lists } = event.data;
      const { email, phone } = event.personal;
      const at = event.recordedAt.toISOString();
      const contact = {
        ...event.personal,
        id: contactId,
        workspaceId,
        emailStatus: email === null ? null : ('pending' as const),
        phoneStatus: phone === null ? null : ('pending' as const),
        lists,
        createdAt: at,
        updatedAt: at,
        version,
      };
      const valueVersions = { email: valueVersion(email), phone: valueVersion(phone) };
      return { type: 'ContactCreated', data: { contactId, workspaceId, contact, valueVersions } };
    }
    case 'ContactChanged': {
      const { workspaceId } = event.data;
      const { phoneE164: _, ...written } = event.personal.new;
      return {
        type: 'ContactChanged',
        data: {
          contactId,
          workspaceId,
          changes: { old: event.personal.old, new: written },
          oldVersion: version - 1,
          newVersion: version,
          valueVersions: { email: valueVersion(written.email), phone: valueVersion(written.phone) },
        },
      };
    }
    case 'ContactStatusChanged':
      return { type: 'ContactStatusChanged', data: { contactId, ...event.data } };
    case 'ContactListed':
      return { type: 'ContactListed', data: { contactId, ...event.data } };
    case 'ContactUnlisted':
      return { type: 'ContactUnlisted', data: { contactId, ...event.data } };
    case 'ContactErased':
      return { type: 'ContactErased', data: { contactId, ...event.data } };
  }
}

type Shell = Extract<ContactsEvent['type'], 'ContactCreated' | 'ContactChanged'>;

/** Events that tell of a person, and can no longer: it was erased before they were published. */
const isShredded = (stored: StoredEvent): stored is StoredEvent & { type: Shell } =>
  stored.personal === undefined && (stored.type === 'ContactCreated' || stored.type === 'ContactChanged');

/** Ids only, so that the sequence stays whole. */
function shellOf(contactId: number, { type, data }: StoredEvent & { type: Shell }): ContactsEvent {
  const { workspaceId } = data as { workspaceId: string };
  return { type, data: { contactId, workspaceId } };
}

function listTold(listId: number, stored: StoredEvent): ContactsEvent {
  const event = toDomainEvent(contactListEvent, stored);
  const { workspaceId } = event.data;
  switch (event.type) {
    case 'ContactListCreated':
      return { type: 'ContactListCreated', data: { listId, workspaceId, name: event.data.name } };
    case 'ContactListRenamed':
      return { type: 'ContactListRenamed', data: { listId, ...event.data } };
    case 'ContactListDeleted':
      return { type: 'ContactListDeleted', data: { listId, workspaceId } };
  }
}

/** The same over HTTP. */
export function publishedForm(stored: StoredEvent): PublishedContactsEvent {
  const { id, sequence, time, event } = publish(stored);
  return { id, sequence, time: time.toISOString(), event };
}
