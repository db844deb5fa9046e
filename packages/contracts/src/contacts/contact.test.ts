import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';

import { contact, contactPageQuery, emptyProfile, partialProfile, profile } from './contact.ts';

/** The places that a schema complains about. */
const refused = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ path }) => path.join('.')) ?? [];

const lengths = {
  name: [1, 200],
  firstName: [1, 100],
  lastName: [1, 100],
  phone: [8, 20],
  company: [1, 200],
  jobTitle: [1, 200],
  gender: [1, 50],
  source: [1, 100],
  note: [1, 5000],
} as const;

const addressLengths = { line1: 200, line2: 200, city: 100, region: 100, postalCode: 20 };

describe('NA-4: a text of a contact', () => {
  test.each(Object.entries(lengths))('as %s has from %j code points on', (member, [min, max]) => {
    // Each character is two code units, and one code point.
    for (const length of [min, max]) {
      const value = '\u{1F3AF}'.repeat(length);
      expect(partialProfile.parse({ [member]: value })).toEqual({ [member]: value });
    }
    for (const length of [min - 1, max + 1]) {
      expect(refused(partialProfile, { [member]: '\u{1F3AF}'.repeat(length) })).toEqual([member]);
    }
  });

  test.each(Object.entries(addressLengths))('as address.%s has up to %i code points', (member, max) => {
    const address = (length: number) => ({ address: { [member]: '\u{1F3AF}'.repeat(length) } });
    for (const length of [1, max]) expect(refused(partialProfile, address(length))).toEqual([]);
    for (const length of [0, max + 1]) expect(refused(partialProfile, address(length))).toEqual([`address.${member}`]);
  });

  test('is kept as written, with the space around it', () => {
    expect(partialProfile.parse({ name: '  Ada ', note: '\n\t' })).toEqual({ name: '  Ada ', note: '\n\t' });
  });
});

test.each(['+15551234567', '(212) 555-0123', 'ask my sister'])(
  'WD-32: %s is accepted as a phone number by its length alone',
  (phone) => {
    expect(partialProfile.parse({ phone })).toEqual({ phone });
  },
);

test('WD-31: an e-mail address has up to 254 characters, and keeps its case', () => {
  const longest = `${'A'.repeat(64)}@${'a'.repeat(186)}.co`;
  expect(partialProfile.parse({ email: longest })).toEqual({ email: longest });
  expect(refused(partialProfile, { email: longest.replace('.co', '.com') })).toEqual(['email']);
});

describe('a value that is nothing of the kind', () => {
  test.each([
    ['a day that does not exist', 'dateOfBirth', '2023-02-29', '2024-02-29'],
    ['a month that does not exist', 'dateOfBirth', '1990-13-01', '1990-12-01'],
    ['a date in another order', 'dateOfBirth', '31-12-1990', '1990-12-31'],
    ['a time zone that does not exist', 'timezone', 'Europe/Atlantis', 'Europe/Lisbon'],
    ['an FTP URL', 'website', 'ftp://kith.example', 'http://kith.example'],
    ['a script', 'website', 'javascript:alert(1)', 'https://kith.example/?a=1#b'],
    ['a bare host', 'website', 'kith.example', 'https://kith.example'],
    ['an address without its host', 'email', 'ada@', 'ada@kith.example'],
  ])('is refused: %s', (_, member, wrong, right) => {
    expect(refused(partialProfile, { [member]: wrong })).toEqual([member]);
    expect(refused(partialProfile, { [member]: right })).toEqual([]);
  });

  test.each(['pt', 'PRT', 'P', 'P1', 'PT\n'])('is refused as a country: %j', (country) => {
    expect(refused(partialProfile, { address: { country } })).toEqual(['address.country']);
  });
});

describe('an address', () => {
  test('has null for what was left out', () => {
    expect(partialProfile.parse({ address: { country: 'PT' } })).toEqual({
      address: { line1: null, line2: null, city: null, region: null, postalCode: null, country: 'PT' },
    });
  });

  test('has no member that nobody knows', () => {
    expect(profile.shape.address.safeParse({ zip: '1000' }).error?.issues).toMatchObject([{ keys: ['zip'] }]);
  });
});

describe('a profile', () => {
  test('is null throughout before anything is written', () => {
    expect(profile.parse(emptyProfile)).toEqual(emptyProfile);
    expect(new Set(Object.values(emptyProfile))).toEqual(new Set([null]));
  });

  test.each(Object.keys(emptyProfile))('is not whole without %s', (member) => {
    const { [member]: _, ...rest }: Record<string, unknown> = emptyProfile;
    expect(refused(profile, rest)).toEqual([member]);
  });

  test('that is partial changes what it names, and clears what it names as null', () => {
    expect(partialProfile.parse({})).toEqual({});
    expect(partialProfile.parse({ company: null })).toEqual({ company: null });
    expect(partialProfile.parse(emptyProfile)).toEqual(emptyProfile);
  });

  test('that is partial holds no undefined, which JSON could not say', () => {
    expect(refused(partialProfile, { name: undefined })).toEqual(['name']);
  });

  test.each(['id', 'emailStatus', 'phoneE164', 'lists', 'version', 'nick'])(
    'is refused with %s, which nobody writes',
    (member) => {
      const issues = [{ code: 'unrecognized_keys', keys: [member] }];
      expect(partialProfile.safeParse({ [member]: null }).error?.issues).toMatchObject(issues);
      expect(profile.safeParse({ ...emptyProfile, [member]: null }).error?.issues).toMatchObject(issues);
    },
  );
});

test('a contact is read with every value that may be written, and what Kith adds', () => {
  const added = {
    id: 1,
    workspaceId: 'ws_00000000000000000000000001',
    emailStatus: 'catch_all',
    phoneE164: null,
    phoneStatus: null,
    lists: [7],
    createdAt: '2026-11-21T08:00:00.000Z',
    updatedAt: '2026-11-21T08:00:00.000Z',
    version: 1,
  };
  expect(contact.parse({ ...emptyProfile, ...added })).toEqual({ ...emptyProfile, ...added });
  for (const wrong of [{ id: 0 }, { version: 0 }, { emailStatus: 'fine' }, { lists: null }, { createdAt: '2026' }]) {
    expect(refused(contact, { ...emptyProfile, ...added, ...wrong })).toEqual(Object.keys(wrong));
  }
});

describe('a page of contacts', () => {
  test('is the first 15, newest first, unless asked otherwise', () => {
    expect(contactPageQuery.parse({})).toEqual({ sort: 'created_at', order: 'desc', page: 1, perPage: 15 });
  });

  test.each(['name', 'email', 'phone', 'created_at'])('can be in the order of %s', (sort) => {
    expect(contactPageQuery.parse({ sort, order: 'asc' })).toMatchObject({ sort, order: 'asc' });
  });

  test('is refused in an order that no index keeps', () => {
    expect(refused(contactPageQuery, { sort: 'note', order: 'up' })).toEqual(['sort', 'order']);
  });

  test('is searched by 1 to 200 characters, as they were written', () => {
    const search = ` ${'%'.repeat(198)}_`;
    expect(contactPageQuery.parse({ search })).toMatchObject({ search });
    expect(refused(contactPageQuery, { search: `${search}.` })).toEqual(['search']);
    expect(refused(contactPageQuery, { search: '' })).toEqual(['search']);
  });
});
