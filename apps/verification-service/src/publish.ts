import type { VerificationEvent } from '@kith/contracts/topics';
import { type StoredEvent, toDomainEvent } from '@kith/event-store';
import type { Outgoing } from '@kith/kafka';

import { type VerifiedEvent, verifiedEvent } from './domain/verification.ts';

/** What the topic carries of a stored event. The evidence stays here. */
export function publish(stored: StoredEvent): Outgoing<VerificationEvent> {
  const event = toDomainEvent(verifiedEvent, stored);
  return message(stored, event.data.contactId, toldOf(event));
}

/** The same by ids alone, of an event that cannot be told as it is. Not parsed: it is told where nothing else can be. */
function shell(stored: StoredEvent): Outgoing<VerificationEvent>[] {
  const { contactId, workspaceId } = stored.data as { contactId: number; workspaceId: string };
  const type = stored.type === 'ContactForgotten' ? 'SubjectErasureConfirmed' : 'StatusVerified';
  return [message(stored, contactId, { type, data: { contactId, workspaceId } })];
}

export const told = { messagesOf: (stored: StoredEvent) => [publish(stored)], shellOf: shell };

function message(stored: StoredEvent, contactId: number, event: VerificationEvent): Outgoing<VerificationEvent> {
  const { version, recordedAt, eventId, again, meta } = stored;
  const { traceparent, requestId } = meta;
  return {
    key: String(contactId),
    subject: `contacts/${contactId}`,
    event,
    id: eventId,
    source: '/kith/verification-service',
    time: recordedAt,
    sequence: version,
    ...(again && { again }),
    ...(traceparent && { traceparent }),
    ...(requestId && { requestId }),
  };
}

function toldOf(event: VerifiedEvent): VerificationEvent {
  switch (event.type) {
    case 'StatusVerified': {
      const { evidence: _, ...data } = event.data;
      return { type: 'StatusVerified', data };
    }
    case 'ContactForgotten':
      return { type: 'SubjectErasureConfirmed', data: event.data };
  }
}
