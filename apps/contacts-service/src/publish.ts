import type { ContactsEvent, PublishedContactsEvent } from '@kith/contracts/topics';
import { type StoredEvent, toDomainEvent } from '@kith/event-store';
import type { Outgoing } from '@kith/kafka';

import { contactEvent } from './contact/contact.ts';
import { contactListEvent } from './list/list.ts';

/** What the topic carries of a stored event: every version of every stream is told. */
export function publish(stored: StoredEvent): Outgoing<ContactsEvent> {
  const subject = subjectOf(stored.stream);
  if (!subject) throw new Error(`${stored.stream} is no stream of this service.`);
  return message(stored, subject, toldOf(subject, stored));
}

/** The same by ids alone, of an event that cannot be told as it is. */
function shell(stored: StoredEvent): Outgoing<ContactsEvent>[] {
  const subject = subjectOf(stored.stream);
  return subject ? [message(stored, subject, shellOf(subject, stored))] : [];
}

export const told = { messagesOf: (stored: StoredEvent) => [publish(stored)], shellOf: shell };

type Subject = {
  readonly category: 'contact' | 'list';
  readonly id: number;
  readonly key: string;
  readonly path: string;
};

function subjectOf(stream: string): Subject | undefined {
  const [, category, id = ''] = /^(contact|list)-(\d+)$/.exec(stream) ?? [];
  switch (category) {
    case 'contact':
      return { category, id: Number(id), key: id, path: `contacts/${id}` };
    case 'list':
      return { category, id: Number(id), key: `list-${id}`, path: `contact-lists/${id}` };
    default:
      return undefined;
  }
}

function message(stored: StoredEvent, { key, path }: Subject, event: ContactsEvent): Outgoing<ContactsEvent> {
  const { version, recordedAt, eventId, meta } = stored;
  const { traceparent, requestId } = meta;
  return {
    key,
    subject: path,
    event,
    id: eventId,
    source: '/kith/contacts-service',
    time: recordedAt,
    sequence: version,
    ...(traceparent && { traceparent }),
    ...(requestId && { requestId }),
  };
}

function toldOf(subject: Subject, stored: StoredEvent): ContactsEvent {
  if (subject.category === 'list') return listTold(subject.id, stored);
  return isShredded(stored) ? shellOf(subject, stored) : contactTold(subject.id, stored);
}

function contactTold(contactId: number, stored: StoredEvent): ContactsEvent {
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

/** Tells of a person, and can no longer: it was erased before this was published. */
const isShredded = ({ type, personal }: StoredEvent): boolean =>
  personal === undefined && (type === 'ContactCreated' || type === 'ContactChanged');

/** Ids only, so that the sequence stays whole. Not parsed: it is told where nothing else can be. */
function shellOf({ category, id }: Subject, { type, data }: StoredEvent): ContactsEvent {
  const { workspaceId, listId } = data as { workspaceId: string; listId?: number };
  const ids =
    category === 'list'
      ? { listId: id, workspaceId }
      : { contactId: id, workspaceId, ...(listId !== undefined && { listId }) };
  return { type, data: ids } as ContactsEvent;
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

/** The same over HTTP; `asShell` where the topic carries no more. */
export function publishedForm(stored: StoredEvent, asShell: boolean): PublishedContactsEvent[] {
  const messages = asShell ? shell(stored) : [publish(stored)];
  return messages.map(({ id, sequence, time, event }) => ({ id, sequence, time: time.toISOString(), event }));
}
