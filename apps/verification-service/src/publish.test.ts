import { expect, test } from '@jest/globals';
import { verificationEvent } from '@kith/contracts/topics';
import type { StoredEvent } from '@kith/event-store';

import golden from './domain/golden/verification.json' with { type: 'json' };
import { published, toPublished } from './publish.ts';

const stored = (event: object, n: number) =>
  ({
    stream: 'contact-123',
    version: n + 1,
    eventId: 'f81d4fae-7dec-51d0-a765-00a0c91e6bf6',
    meta: {},
    recordedAt: new Date('2026-11-21T12:00:00Z'),
    ...event,
  }) as StoredEvent;

test.each(golden.map(stored))(
  '$type that cannot be published as it is goes out as a shell that its readers can read, in its place',
  (event) => {
    const [whole, ...others] = toPublished(event);
    expect(others).toEqual([]);
    if (!whole) throw new Error('Nothing is published.');
    const { contactId, workspaceId } = whole.event.data;
    const shell = { ...whole, event: { type: whole.event.type, data: { contactId, workspaceId } } };
    expect(published.shellOf(event)).toEqual([shell]);
    expect(verificationEvent.parse(shell.event)).toEqual(shell.event);
  },
);
