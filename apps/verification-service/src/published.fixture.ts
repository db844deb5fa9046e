import { randomUUID } from 'node:crypto';

import { type Contact, emptyProfile } from '@kith/contracts/contacts';
import type { ContactsEvent } from '@kith/contracts/topics';
import type { Incoming, Outgoing } from '@kith/kafka';

export const WORKSPACE = 'ws_00000000000000000000000001';

/** A message that contacts-service publishes, on its way out or in. */
type Message = Incoming<ContactsEvent> & Outgoing<ContactsEvent>;

export function created(
  contactId: number,
  values: { email?: string; phone?: string },
  workspaceId = WORKSPACE,
): Message {
  const { email = null, phone = null } = values;
  const contact: Contact = {
    id: contactId,
    ...emptyProfile,
    workspaceId,
    name: 'Ada',
    firstName: 'Ada',
    email,
    emailStatus: email === null ? null : 'pending',
    phone,
    phoneE164: phone,
    phoneStatus: phone === null ? null : 'pending',
    lists: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    version: 1,
  };
  const valueVersions = { email: email === null ? null : 1, phone: phone === null ? null : 1 };
  const data = { contactId, workspaceId, contact, valueVersions };
  return message(contactId, 1, { type: 'ContactCreated', data });
}

export function changed(contactId: number, version: number, email: string | null): Message {
  const data = {
    contactId,
    workspaceId: WORKSPACE,
    changes: { old: {}, new: { email } },
    oldVersion: version - 1,
    newVersion: version,
    valueVersions: { email: email === null ? null : version, phone: null },
  };
  return message(contactId, version, { type: 'ContactChanged', data });
}

export function statusChanged(contactId: number, version: number): Message {
  const data = {
    contactId,
    workspaceId: WORKSPACE,
    field: 'email' as const,
    status: 'valid' as const,
    previousStatus: 'pending' as const,
    valueVersion: 1,
    reasons: [],
  };
  return message(contactId, version, { type: 'ContactStatusChanged', data });
}

export const erased = (contactId: number, version: number): Message =>
  message(contactId, version, { type: 'ContactErased', data: { contactId, workspaceId: WORKSPACE } });

/** The creation of a contact that was erased before it was published: ids only. */
export const createdShell = (contactId: number): Message =>
  message(contactId, 1, { type: 'ContactCreated', data: { contactId, workspaceId: WORKSPACE } });

const message = (contactId: number, sequence: number, event: ContactsEvent): Message => ({
  key: String(contactId),
  id: randomUUID(),
  source: '/kith/contacts-service',
  subject: `contacts/${contactId}`,
  time: new Date(),
  sequence,
  requestId: '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e',
  partition: 0,
  offset: '0',
  event,
});
