import type { VerificationEvent } from '@kith/contracts';
import { type StoredEvent, toDomainEvent } from '@kith/event-store';
import type { Outgoing } from '@kith/kafka';

import { type VerifiedEvent, verifiedEvent } from './domain/verification.ts';

/** What the topic carries of a stored event. The evidence stays here. */
export function publish(stored: StoredEvent): Outgoing<VerificationEvent> {
  const { version, recordedAt, eventId, meta } = stored;
  const { traceparent, requestId } = meta;
  const event = toDomainEvent(verifiedEvent, stored);
  const { contactId } = event.data;
  return {
    key: String(contactId),
    subject: `contacts/${contactId}`,
    event: told(event),
    id: eventId,
    source: '/kith/verification-service',
    time: recordedAt,
    sequence: version,
    ...(traceparent && { traceparent }),
    ...(requestId && { requestId }),
  };
}

function told(event: VerifiedEvent): VerificationEvent {
  switch (event.type) {
    case 'StatusVerified': {
      const { evidence: _, ...data } = event.data;
      return { type: 'StatusVerified', data };
    }
    case 'ContactForgotten':
      return { type: 'SubjectErasureConfirmed', data: event.data };
  }
}
