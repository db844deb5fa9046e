import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';

import { partialProfile, profile } from './contacts/index.ts';
import { newToken } from './tokens/index.ts';
import {
  accountId,
  exactPartial,
  numericId,
  openPartial,
  setOf,
  text,
  timestamp,
  tokenId,
  TRACEPARENT,
  workspaceId,
} from './values.ts';

/** The complaints of a schema, and the values that a check behind it saw. */
function complaints(schema: z.ZodType, value: unknown): { messages: string[]; shown: unknown[] } {
  const shown: unknown[] = [];
  const spy = (seen: unknown) => {
    shown.push(seen);
    return true;
  };
  const { error } = schema.refine(spy).safeParse(value);
  return { messages: error?.issues.map(({ message }) => message) ?? [], shown };
}

describe('text', () => {
  test.each([
    ['as long as it may be', 'x'.repeat(5)],
    ['as long as it may be, in code points', '\u{1F3AF}'.repeat(5)],
    ['as short as it may be', 'xx'],
  ])('%s is kept as it was written', (_, value) => {
    expect(text(2, 5).parse(value)).toBe(value);
  });

  test.each([
    ['too long', 'xxxxxx', 'Must be 2 to 5 characters.'],
    ['too long, in code points', '\u{1F3AF}'.repeat(6), 'Must be 2 to 5 characters.'],
    ['a megabyte too long, with NUL at its end', `${'x'.repeat(1e6)}\u0000`, 'Must be 2 to 5 characters.'],
    ['too short', 'x', 'Must be 2 to 5 characters.'],
    ['of a lone surrogate', 'ab\ud83d', 'Must not contain NUL or a lone surrogate.'],
  ])('%s gets one complaint', (_, value, message) => {
    expect(complaints(text(2, 5), value).messages).toEqual([message]);
  });
});

describe('a value that is too long', () => {
  const tooLong: Record<keyof typeof profile.shape, unknown> = {
    name: 'x'.repeat(201),
    firstName: 'x'.repeat(101),
    lastName: 'x'.repeat(101),
    email: `a@${'a.'.repeat(126)}aa`,
    phone: '1'.repeat(21),
    company: 'x'.repeat(201),
    jobTitle: 'x'.repeat(201),
    website: `https://${'x'.repeat(2041)}`,
    address: { line1: 'x'.repeat(201) },
    timezone: 'x'.repeat(65),
    dateOfBirth: '1990-12-31T00',
    gender: 'x'.repeat(51),
    source: 'x'.repeat(101),
    note: 'x'.repeat(5001),
  };

  test.each(Object.entries(tooLong).filter(([member]) => member !== 'address'))(
    'as %s is shown to no other check',
    (member, value) => {
      const schema = profile.shape[member as keyof typeof profile.shape];
      const { messages, shown } = complaints(schema, value);
      expect([messages, shown]).toEqual([[expect.stringMatching(/^Must be (at most|\d+ to) \d+ characters\.$/)], []]);
    },
  );

  test('is reported for every member at once', () => {
    const { error } = partialProfile.safeParse(tooLong);
    const members = new Set(error?.issues.map(({ path: [member] }) => member));
    expect([...members]).toEqual(Object.keys(tooLong));
  });
});

test.each([
  ['an address of 254 characters', 'email', `${'a'.repeat(64)}@${'a'.repeat(186)}.co`],
  ['the longest time zone', 'timezone', 'America/Argentina/ComodRivadavia'],
  ['a date', 'dateOfBirth', '1990-12-31'],
  ['a website', 'website', 'https://kith.example/about'],
])('%s is accepted', (_, member, value) => {
  expect(partialProfile.parse({ [member]: value })).toEqual({ [member]: value });
});

test('a member that is too long does not keep the object around it from being checked', () => {
  const body = z
    .strictObject({ name: text(1, 5), nick: text(1, 5).optional() })
    .refine(({ nick }) => nick !== undefined, { path: ['nick'], error: 'Is required.', when: () => true });
  const { error } = body.safeParse({ name: 'x'.repeat(6) });
  expect(error?.issues.map(({ path: [member] }) => member)).toEqual(['name', 'nick']);
});

test.each([
  ['ada', 'Must be a valid e-mail address.'],
  ['a@', 'Must be 3 to 254 characters.'],
  ['ada@kith', 'Must be a valid e-mail address.'],
])('%s is no e-mail address', (address, message) => {
  expect(complaints(profile.shape.email, address).messages).toEqual([message]);
});

describe('a set', () => {
  const colours = setOf(z.enum(['red', 'green', 'blue']), { min: 1 });

  test('is an array of some of its values', () => {
    expect(colours.parse(['blue', 'red'])).toEqual(['blue', 'red']);
  });

  test.each([
    ['with more than there are', Array(300_000).fill(''), ['Must hold 1 to 3 values.']],
    ['with too few', [], ['Must hold 1 to 3 values.']],
    ['with one twice', ['red', 'red'], ['Must not hold a value twice.']],
    ['with another', ['red', 'black'], [expect.stringContaining('Invalid option')]],
    ['that is none', 'red', [expect.stringContaining('expected array')]],
    ['that is not there', undefined, [expect.stringContaining('expected array')]],
  ])('%s gets one complaint', (_, value, messages) => {
    expect(complaints(colours, value).messages).toEqual(messages);
  });
});

describe('a token', () => {
  const named = { name: 'CRM', workspaceId: 'ws_00000000000000000000000001' };

  test.each(['9999-12-31T23:59:59-23:59', '9999-12-31T23:59:59.9999-00:01', `2030-01-01T00:00:00.${'0'.repeat(60)}Z`])(
    'cannot expire at %s',
    (expiresAt) => {
      const { error } = newToken.safeParse({ ...named, expiresAt });
      expect(error?.issues).toMatchObject([{ path: ['expiresAt'] }]);
    },
  );

  test.each(['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59+00:01', '2030-01-01T00:00:00Z'])(
    'may expire at %s',
    (expiresAt) => {
      expect(newToken.parse({ ...named, expiresAt }).expiresAt).toBe(expiresAt);
    },
  );

  test('has default scopes, and no scope twice', () => {
    expect(newToken.parse(named).scopes).toEqual(['contacts.readonly', 'contacts.write']);
    expect(newToken.safeParse({ ...named, scopes: ['contacts.write', 'contacts.write'] }).success).toBe(false);
  });
});

describe('an id', () => {
  const ulid = '01jcn3q8m7x5v9t2r4k6w8y0ab';

  test.each([
    ['a workspace', workspaceId, 'ws_'],
    ['an account', accountId, 'acc_'],
    ['a token', tokenId, 'tok_'],
  ])('of %s has its prefix and 26 characters of lower-case Crockford base 32', (_, schema, prefix) => {
    expect(schema.parse(prefix + ulid)).toBe(prefix + ulid);
    const others = [
      ulid,
      `x${prefix}${ulid}`,
      `${prefix}${ulid}0`,
      `${prefix}${ulid.slice(1)}`,
      prefix + ulid.toUpperCase(),
    ];
    for (const letter of 'ilou-_ \n') others.push(`${prefix}${ulid.slice(1)}${letter}`);
    for (const other of others) expect(complaints(schema, other).messages).not.toEqual([]);
  });

  test('that is a number is one that JSON carries exactly', () => {
    for (const id of [1, Number.MAX_SAFE_INTEGER]) expect(numericId.parse(id)).toBe(id);
    for (const id of [0, -1, 1.5, 2 ** 53, '1', 1n]) expect(numericId.safeParse(id).success).toBe(false);
  });
});

test('a timestamp has UTC and milliseconds, so that two of them compare as texts do', () => {
  expect(timestamp.parse('2024-02-29T23:59:59.000Z')).toBe('2024-02-29T23:59:59.000Z');
  for (const time of [
    '2024-02-29T23:59:59Z',
    '2024-02-29T23:59:59.000000Z',
    '2024-02-29T23:59:59.000+00:00',
    '2024-02-29T23:59:59.000',
    '2023-02-29T23:59:59.000Z',
    '2024-02-29 23:59:59.000Z',
  ]) {
    expect(timestamp.safeParse(time).success).toBe(false);
  }
});

test('a traceparent is one of W3C Trace Context, whose ids are not zeros', () => {
  const [trace, span] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  for (const right of [`00-${trace}-${span}-01`, `cc-${trace}-${span}-00`]) expect(right).toMatch(TRACEPARENT);
  for (const wrong of [
    `ff-${trace}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${trace}-${span}-01-more`,
    `00-${trace}-${span}`,
  ]) {
    expect(wrong).not.toMatch(TRACEPARENT);
  }
});

describe('an object of which any member may be left out', () => {
  const shape = { name: text(1, 5), nick: text(1, 5).nullable() };

  test.each([exactPartial(shape), openPartial(shape)])('holds null where it may, and undefined nowhere', (schema) => {
    for (const value of [{}, { nick: null }, { name: 'Ada' }]) expect(schema.parse(value)).toEqual(value);
    for (const value of [{ name: undefined }, { name: null }, { name: '' }]) {
      expect(schema.safeParse(value).success).toBe(false);
    }
  });

  test('is refused with an unknown member when it is written, and passes it over when it was', () => {
    expect(exactPartial(shape).safeParse({ name: 'Ada', age: 36 }).success).toBe(false);
    expect(openPartial(shape).parse({ name: 'Ada', age: 36 })).toEqual({ name: 'Ada' });
  });
});
