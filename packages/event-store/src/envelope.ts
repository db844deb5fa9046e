import type { StoredEvent } from './stored-event.ts';

/** The parts of a message that follow from its event's place alone. The service adds what it is about, and what it says. */
export function envelopeOf({ version, recordedAt, eventId, again, meta }: StoredEvent) {
  const { traceparent, requestId } = meta;
  return {
    id: eventId,
    time: recordedAt,
    sequence: version,
    ...(again && { again }),
    ...(traceparent && { traceparent }),
    ...(requestId && { requestId }),
  };
}
