import type { VerificationEvent } from '@kith/contracts/topics';
import { envelopeOf, type StoredEvent, toDomainEvent } from '@kith/event-store';
import type { Outgoing } from '@kith/kafka';

import { type VerifiedEvent, verifiedEvent } from './domain/verification.ts';

/** The messages that the topic carries of a stored event. The evidence stays here. */
export function toPublished(stored: StoredEvent): Outgoing<VerificationEvent>[] {
  const event = toDomainEvent(verifiedEvent, stored);
  return [message(stored, event.data.contactId, publishedForm(event))];
}

/** The messages with ids only, for an event that cannot be published as it is. It is not parsed: it may not be in its stored form. */
function shellOf(stored: StoredEvent): Outgoing<VerificationEvent>[] {
  const { contactId, workspaceId } = stored.data as { contactId: number; workspaceId: string };
  const type = stored.type === 'ContactForgotten' ? 'SubjectErasureConfirmed' : 'StatusVerified';
  return [message(stored, contactId, { type, data: { contactId, workspaceId } })];
}

export const published = { messagesOf: toPublished, shellOf };

const message = (stored: StoredEvent, contactId: number, event: VerificationEvent): Outgoing<VerificationEvent> => ({
  ...envelopeOf(stored),
  source: '/kith/verification-service',
  key: String(contactId),
  subject: `contacts/${contactId}`,
  event,
});

function publishedForm(event: VerifiedEvent): VerificationEvent {
  switch (event.type) {
    case 'StatusVerified': {
      const { evidence: _, ...data } = event.data;
      return { type: 'StatusVerified', data };
    }
    case 'ContactForgotten':
      return { type: 'SubjectErasureConfirmed', data: event.data };
  }
}
