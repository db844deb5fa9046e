import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';

import { cursorOf, moment, readCursor, refusedCursor } from './cursor.ts';

const position = z.tuple([z.string(), z.int()]);
const encoded = (text: string) => Buffer.from(text).toString('base64url');

describe('a cursor', () => {
  test.each([
    ['a name', ['Ada', 1]],
    ['a name that is not ASCII', ['Zoë \u{1F3AF} ?&=/+', 2]],
    // base64 of these has a slash, a plus and an equals sign.
    ['a name of odd signs', ['???>>>~~~', 10]],
    ['no name', ['', Number.MAX_SAFE_INTEGER]],
  ])('leads back to the place that it was made of: %s', (_, place) => {
    const cursor = cursorOf(place);
    expect(readCursor(cursor, position)).toEqual(place);
    // It goes into a URL as it is.
    expect(encodeURIComponent(cursor)).toBe(cursor);
  });

  test.each([
    ['that is cut off', cursorOf(['Ada', 1]).slice(0, 6)],
    ['that is no JSON', encoded('Ada')],
    ['of nothing', ''],
    ['of bytes that are no text', Buffer.from([0xff, 0xfe]).toString('base64url')],
    ['of another collection', cursorOf([1, 'Ada'])],
    ['with more than a place', cursorOf(['Ada', 1, 2])],
    ['with less than a place', cursorOf(['Ada'])],
    ['of a number that no column holds', encoded('["Ada",1e400]')],
    ['of null', encoded('null')],
  ])('%s is refused, by its name', (_, cursor) => {
    expect(() => readCursor(cursor, position)).toThrow(
      expect.objectContaining({ kind: 'invalid', errors: { cursor: ['Is no cursor of ours.'] } }),
    );
  });

  test('that is refused for a reason of a collection’s own names that reason', () => {
    expect(refusedCursor('Is of another search.')).toMatchObject({
      kind: 'invalid',
      errors: { cursor: ['Is of another search.'] },
    });
  });
});

test('a moment in a cursor is one that Postgres knows', () => {
  expect(['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'].map((time) => moment.parse(time))).toHaveLength(2);
  for (const time of ['0000-12-31T23:59:59.999Z', '2026-02-30T00:00:00.000Z', '2026-01-01', 'infinity', 1]) {
    expect(moment.safeParse(time).success).toBe(false);
  }
});
