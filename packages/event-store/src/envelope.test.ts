import { expect, test } from '@jest/globals';

import { envelopeOf } from './envelope.ts';
import type { StoredEvent } from './stored-event.ts';

const stored: StoredEvent = {
  stream: 'contact-123',
  subject: 'contact-123',
  version: 3,
  eventId: 'f81d4fae-7dec-51d0-a765-00a0c91e6bf6',
  type: 'ContactChanged',
  data: {},
  personal: { name: 'Ada' },
  meta: { actor: 'token tok_1' },
  recordedAt: new Date('2026-11-21T12:00:00Z'),
};
const place = { id: stored.eventId, time: stored.recordedAt, sequence: 3 };

test('An envelope has the event’s id, time and version, and nothing of who did it or of whom it is about', () => {
  expect(envelopeOf(stored)).toEqual(place);
});

test('An envelope has the request and the trace that led to the event, and says whether it is told again', () => {
  const meta = { requestId: '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e', traceparent: '00-1-2-01' };
  expect(envelopeOf({ ...stored, meta, again: true })).toEqual({ ...place, ...meta, again: true });
});
