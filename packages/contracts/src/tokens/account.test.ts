import { describe, expect, test } from '@jest/globals';
import type { z } from 'zod';

import { accountChange, newAccount } from './account.ts';
import { limits } from './plan.ts';
import { newToken, tokenHash } from './token.ts';

const refused = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error?.issues.map(({ path }) => path.join('.'));
const unknown = (schema: z.ZodType, value: unknown) =>
  schema.safeParse(value).error?.issues.map((issue) => 'keys' in issue && issue.keys);

describe('limits', () => {
  const windows = {
    native: ['readsPerMinute', 'writesPerMinute'],
    wisepops: ['callsPer30Days'],
    leadconnector: ['callsPer10Seconds', 'callsPerDay'],
    consuelo: ['callsPerMinute', 'callsPerDay'],
    waply: ['callsPerMinute'],
  };
  const each = Object.entries(windows).flatMap(([dialect, names]) => names.map((name) => [dialect, name] as const));

  test.each(each)('of %s may set %s alone: to a number, to none, or to no limit', (dialect, name) => {
    for (const calls of [600, 0, null]) {
      expect(limits.parse({ [dialect]: { [name]: calls } })).toEqual({ [dialect]: { [name]: calls } });
    }
    for (const calls of [-1, 1.5, '600', 2 ** 53]) {
      expect(refused(limits, { [dialect]: { [name]: calls } })).toEqual([`${dialect}.${name}`]);
    }
  });

  test('leave what they do not name to the plan', () => {
    expect([{}, { native: {} }].map((given) => limits.parse(given))).toEqual([{}, { native: {} }]);
  });

  test('name no dialect and no window that would never be counted', () => {
    expect(unknown(limits, { wisedata: { callsPerMinute: 1 } })).toEqual([['wisedata']]);
    for (const dialect of Object.keys(windows)) {
      expect(unknown(limits, { [dialect]: { callsPerYear: 1 } })).toEqual([['callsPerYear']]);
    }
  });
});

describe('an account', () => {
  const kith = { name: 'Kith', plan: 'pro' };

  test('needs a name and a plan, and takes the rest from its plan', () => {
    expect(newAccount.parse(kith)).toEqual(kith);
    expect(refused(newAccount, {})).toEqual(['name', 'plan']);
    expect(refused(newAccount, { name: '', plan: 'gold' })).toEqual(['name', 'plan']);
  });

  test('can be changed in one thing, or in nothing', () => {
    for (const change of [{}, { name: 'Kin' }, { plan: 'free' }]) expect(accountChange.parse(change)).toEqual(change);
    expect(refused(accountChange, { name: 'x'.repeat(101), plan: null })).toEqual(['name', 'plan']);
  });

  test.each([
    ['when it is made', newAccount, kith],
    ['when it is changed', accountChange, {}],
  ])('tells a cleared override from one that is left alone, %s', (_, schema, rest) => {
    const cleared = { ...rest, limits: null, apiAccess: null };
    expect(schema.parse(cleared)).toEqual(cleared);
    expect(schema.parse(rest)).not.toHaveProperty('limits');
    const closed = { ...rest, limits: { waply: { callsPerMinute: 0 } }, apiAccess: [] };
    expect(schema.parse(closed)).toEqual(closed);
  });

  test.each([
    ['when it is made', newAccount, kith],
    ['when it is changed', accountChange, {}],
  ])('is refused with what its owner does not set, %s', (_, schema, rest) => {
    expect(unknown(schema, { ...rest, id: 'acc_1' })).toEqual([['id']]);
    expect(refused(schema, { ...rest, apiAccess: ['native', 'native'] })).toEqual(['apiAccess']);
    expect(refused(schema, { ...rest, apiAccess: ['graphql'] })).toEqual(['apiAccess.0']);
  });
});

describe('a new token', () => {
  const named = { name: 'CRM', workspaceId: 'ws_00000000000000000000000001' };

  test('speaks the native API, may read and write contacts, and never expires, unless asked otherwise', () => {
    expect(newToken.parse(named)).toEqual({
      ...named,
      dialect: 'native',
      scopes: ['contacts.readonly', 'contacts.write'],
      expiresAt: null,
    });
  });

  test('is refused if it could do nothing, or asks for what there is not', () => {
    expect(refused(newToken, { ...named, scopes: [] })).toEqual(['scopes']);
    expect(refused(newToken, { ...named, scopes: ['root'], dialect: 'soap' })).toEqual(['dialect', 'scopes.0']);
    expect(unknown(newToken, { ...named, token: 'my own' })).toEqual([['token']]);
  });
});

test.each([
  ['the token itself', 'kith_pat_secret'],
  ['a hash in capitals', 'A'.repeat(64)],
  ['a hash that is cut off', 'a'.repeat(63)],
  ['a hash with more behind it', `${'a'.repeat(64)}\n`],
])('an introspection does not ask by %s', (_, hash) => {
  expect(tokenHash.safeParse(hash).success).toBe(false);
  expect(tokenHash.parse('0123456789abcdef'.repeat(4))).toHaveLength(64);
});
