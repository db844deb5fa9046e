import { describe, expect, test } from '@jest/globals';

import { eventId } from './event-id.ts';

const COMMAND = '019a9d3e-7f1a-7c52-9e0b-000000000001';
const UUID_5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('the id of an event', () => {
  test('is a UUID that depends on its command and its place alone', () => {
    expect(eventId(COMMAND, 0)).toMatch(UUID_5);
    expect(eventId(COMMAND, 0)).toBe(eventId(COMMAND.toUpperCase(), 0));
    expect(new Set([0, 1, 10].map((n) => eventId(COMMAND, n))).size).toBe(3);
  });

  test('stays what it was in events that are stored', () => {
    expect([eventId(COMMAND, 0), eventId(COMMAND, 12)]).toEqual([
      '3145d992-69d9-5cd8-9241-39f1e5550915',
      'f86649b5-03be-56c7-9c3a-6c339e4ef173',
    ]);
  });

  test.each([
    ['text', ['bounce-1', 'bounce-2', 'msg-2', 'evt_0001', 'ünï', '']],
    ['text that begins as hex', ['badge-1', 'badge-2', 'ba', 'bad']],
    ['text that is nearly a UUID', [COMMAND, `${COMMAND}0`, COMMAND.replaceAll('-', ''), COMMAND.slice(1)]],
    // The place is no part of the text.
    ['text that ends in digits', ['msg-1', 'msg-11', 'msg-110']],
  ])('differs for commands whose ids are %s', (_, ids) => {
    const all = ids.flatMap((id) => [0, 1, 10].map((n) => eventId(id, n)));
    expect(new Set(all).size).toBe(all.length);
    for (const id of all) expect(id).toMatch(UUID_5);
  });
});
