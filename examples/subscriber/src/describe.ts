import {
  contactsTopic,
  type ContactsEvent,
  type Topic,
  verificationTopic,
  type VerificationEvent,
} from '@kith/contracts/topics';

type Event = ContactsEvent | VerificationEvent;

export const topics: readonly Topic<Event>[] = [contactsTopic, verificationTopic];

/** Describes a message. A type of a later release is described as nothing: this reader does not know it. */
export function parse(topic: Topic<Event>, type: string | undefined, value: Buffer | null): Event | undefined {
  if (!topic.types.some((known) => known === type)) return undefined;
  return topic.schema.parse({ type, data: JSON.parse(value?.toString() ?? '') });
}

/** One line for an event. Names and addresses are in `data.contact`; a demo's terminal need not show them. */
export function describe(event: Event, version: string): string {
  switch (event.type) {
    case 'ContactCreated': {
      const { contactId } = event.data;
      if (!('contact' in event.data)) return `ContactCreated contact ${contactId} version ${version} as a shell`;
      const { emailStatus, phoneStatus, lists } = event.data.contact;
      return `ContactCreated contact ${contactId} version ${version} email ${emailStatus ?? '-'} phone ${phoneStatus ?? '-'} lists ${lists.join(',') || '-'}`;
    }
    case 'ContactChanged': {
      const { contactId } = event.data;
      if (!('changes' in event.data)) return `ContactChanged contact ${contactId} version ${version} as a shell`;
      return `ContactChanged contact ${contactId} version ${version} ${Object.keys(event.data.changes.new).join(', ')}`;
    }
    case 'ContactStatusChanged': {
      const { contactId } = event.data;
      if (!('field' in event.data)) return `ContactStatusChanged contact ${contactId} version ${version} as a shell`;
      const { field, previousStatus, status } = event.data;
      return `ContactStatusChanged contact ${contactId} version ${version} ${field} ${previousStatus} -> ${status}`;
    }
    case 'ContactListed':
    case 'ContactUnlisted': {
      const { contactId, listId } = event.data;
      return `${event.type} contact ${contactId} version ${version} list ${listId}`;
    }
    case 'ContactErased':
      return `ContactErased contact ${event.data.contactId} version ${version}`;
    case 'ContactListCreated':
    case 'ContactListRenamed':
    case 'ContactListDeleted':
      return `${event.type} list ${event.data.listId} version ${version}`;
    case 'SubjectErasureConfirmed':
      return `SubjectErasureConfirmed contact ${event.data.contactId}`;
    case 'StatusVerified': {
      const { contactId } = event.data;
      if (!('field' in event.data)) return `StatusVerified contact ${contactId} as a shell`;
      const { field, status, valueVersion, reasons } = event.data;
      return `StatusVerified contact ${contactId} ${field} ${status} valueVersion ${valueVersion} because ${reasons.join(', ') || '-'}`;
    }
  }
}
