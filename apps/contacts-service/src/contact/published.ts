import type { ContactsEvent } from '@kith/contracts/topics';
import { type StoredEvent, toDomainEvent } from '@kith/event-store';

import { contactEvent } from './contact.ts';
import { wholeProfile, writtenValues } from './stored.ts';

/** The event that the topic carries of a contact's stored event: every version of a contact is published. */
export function publishedContact(contactId: number, stored: StoredEvent): ContactsEvent {
  if (isShredded(stored)) return contactShell(contactId, stored);
  const event = toDomainEvent(contactEvent, stored);
  const { version } = event;
  const valueVersion = (value: string | null | undefined) => (typeof value === 'string' ? version : null);
  switch (event.type) {
    case 'ContactCreated': {
      const { workspaceId, lists } = event.data;
      const { phoneE164 = null, ...written } = event.personal;
      const values = wholeProfile(written);
      const { email, phone } = values;
      const at = event.recordedAt.toISOString();
      const contact = {
        ...values,
        phoneE164,
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
          changes: { old: writtenValues(event.personal.old), new: writtenValues(written) },
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

/** The event with ids only, which keeps the sequence whole. It is not parsed: it stands for events that cannot be. */
export function contactShell(contactId: number, { type, data }: StoredEvent): ContactsEvent {
  const { workspaceId, listId } = data as { workspaceId: string; listId?: number };
  return { type, data: { contactId, workspaceId, ...(listId !== undefined && { listId }) } } as ContactsEvent;
}

/** The contact was erased before this was published: its personal data can no longer be read. */
const isShredded = ({ type, personal }: StoredEvent): boolean =>
  personal === undefined && (type === 'ContactCreated' || type === 'ContactChanged');
