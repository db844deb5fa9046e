import {
  contactsTopic,
  type ContactsEvent,
  type Topic,
  verificationTopic,
  type VerificationEvent,
} from '@kith/contracts';

type Event = ContactsEvent | VerificationEvent;

export const topics: readonly Topic<Event>[] = [contactsTopic, verificationTopic];

/** What a message says, or nothing: a type of a later release is not this reader's business. */
export function parse(topic: Topic<Event>, type: string | undefined, value: Buffer | null): Event | undefined {
  if (!topic.types.some((known) => known === type)) return undefined;
  return topic.schema.parse({ type, data: JSON.parse(value?.toString() ?? '') });
}

/** One line for an event. Names and addresses are in `data.contact`; a demo's terminal need not show them. */
export function describe(event: Event, version: string): string {
  switch (event.type) {
    case 'ContactCreated': {
      const { contact } = event.data;
      const lists = contact.lists.join(',');
      return `ContactCreated contact ${contact.id} version ${version} email ${contact.emailStatus ?? '-'} phone ${contact.phoneStatus ?? '-'} lists ${lists || '-'}`;
    }
    case 'ContactChanged': {
      const { contactId, changes } = event.data;
      return `ContactChanged contact ${contactId} version ${version} ${Object.keys(changes.new).join(', ')}`;
    }
    case 'ContactStatusChanged': {
      const { contactId, field, previousStatus, status } = event.data;
      return `ContactStatusChanged contact ${contactId} version ${version} ${field} ${previousStatus} -> ${status}`;
    }
    case 'ContactListCreated':
      return `ContactListCreated list ${event.data.listId} version ${version}`;
    case 'StatusVerified': {
      const { contactId, field, status, valueVersion, reasons } = event.data;
      return `StatusVerified contact ${contactId} ${field} ${status} valueVersion ${valueVersion} because ${reasons.join(', ') || '-'}`;
    }
  }
}
