import { describe, expect, test } from '@jest/globals';
import { contactsEvent } from '@kith/contracts/topics';
import type { StoredEvent } from '@kith/event-store';

import goldenContact from './contact/golden.json' with { type: 'json' };
import goldenList from './list/golden.json' with { type: 'json' };
import { published, toPublished } from './publish.ts';

const IDS = new Set(['contactId', 'listId', 'workspaceId']);

const stored = (stream: string, event: object, n: number) =>
  ({
    stream,
    version: n + 1,
    eventId: 'f81d4fae-7dec-51d0-a765-00a0c91e6bf6',
    meta: { requestId: 'req-1' },
    recordedAt: new Date('2026-11-21T12:00:00Z'),
    ...event,
  }) as StoredEvent;

const all = [
  ...goldenContact.map((event, n) => stored('contact-123', event, n)),
  ...goldenList.map((event, n) => stored('list-7', event, n)),
];

describe('an event that cannot be published as it is', () => {
  test.each(all)('$type goes out in its place as a shell of ids that readers accept', (event) => {
    const [whole] = toPublished(event);
    const [shell, ...others] = published.shellOf(event);
    expect(others).toEqual([]);
    expect({ ...shell, event: undefined }).toEqual({ ...whole, event: undefined });
    expect(contactsEvent.parse(shell?.event)).toEqual(shell?.event);
    expect(shell?.event.type).toBe(event.type);
    expect(IDS).toEqual(IDS.union(new Set(Object.keys(shell?.event.data ?? {}))));
    expect(whole?.event.data).toMatchObject(shell?.event.data ?? {});
  });

  test('has a shell even where it is not in its stored form', () => {
    const data = { workspaceId: 'ws_01jcn3q8m7x5v9t2r4k6w8y0ab', lists: 'none' };
    const event = stored('contact-5', { type: 'ContactCreated', data, personal: { firstName: 5 } }, 0);
    expect(() => toPublished(event)).toThrow();
    const ids = { contactId: 5, workspaceId: data.workspaceId };
    expect(published.shellOf(event)).toMatchObject([{ key: '5', event: { type: 'ContactCreated', data: ids } }]);
    expect(JSON.stringify(published.shellOf(event))).not.toMatch(/firstName|lists/);
  });

  test('is left out where this release does not know its stream', () => {
    const event = stored('business-5', { type: 'BusinessCreated', data: {} }, 0);
    expect(() => toPublished(event)).toThrow('business-5 is no stream of this service.');
    expect(published.shellOf(event)).toEqual([]);
  });
});
