import { describe, expect, test } from '@jest/globals';
import type { PartialProfile, Profile } from '@kith/contracts';
import { specify } from '@kith/event-store/testing';

import { contact, type ContactEvent } from './contact.ts';

const given = specify(contact);

const nobody: Profile = {
  name: null,
  firstName: null,
  lastName: null,
  email: null,
  phone: null,
  company: null,
  jobTitle: null,
  website: null,
  address: null,
  timezone: null,
  dateOfBirth: null,
  gender: null,
  source: null,
  note: null,
};
const ada: Profile = {
  ...nobody,
  name: 'Ada Lovelace',
  firstName: 'Ada',
  lastName: 'Lovelace',
  email: 'ada@example.com',
  phone: '+15551234567',
};

const workspaceId = 'ws_1';
const created: ContactEvent = {
  type: 'ContactCreated',
  data: { id: 7, workspaceId, lists: [1] },
  personal: { ...ada, phoneE164: '+15551234567' },
};
const create = (profile: Profile) =>
  ({ type: 'CreateContact', id: 7, workspaceId, profile, phoneE164: profile.phone, lists: [1] }) as const;
const change = (changes: PartialProfile, of = workspaceId) =>
  ({ type: 'ChangeContact', workspaceId: of, changes, phoneE164: changes.phone ?? null }) as const;
const changed = (was: PartialProfile, is: PartialProfile): ContactEvent => ({
  type: 'ContactChanged',
  data: { workspaceId },
  personal: { old: was, new: is },
});
const verdict = (valueVersion: number, field: 'email' | 'phone' = 'email') =>
  ({ type: 'RecordVerdict', field, valueVersion, status: 'valid', reasons: [] }) as const;
const verified = (valueVersion: number, field: 'email' | 'phone' = 'email'): ContactEvent => ({
  type: 'ContactStatusChanged',
  data: { workspaceId, field, status: 'valid', previousStatus: 'pending', valueVersion, reasons: [] },
});

describe('creating a contact', () => {
  test('records who it is, and in which lists', () => {
    given().when(create(ada)).emits(created);
  });

  test('is refused a second time', () => {
    given(created).when(create(ada)).rejects({ kind: 'conflict' });
  });

  test.each([
    ['the parts from a name alone', { name: 'Ada King Lovelace' }, { firstName: 'Ada', lastName: 'King Lovelace' }],
    ['the first name from a single word', { name: 'Ada' }, { firstName: 'Ada' }],
    ['the name from its parts', { firstName: 'Ada', lastName: 'Lovelace' }, { name: 'Ada Lovelace' }],
    ['the name from one part', { lastName: 'Lovelace' }, { name: 'Lovelace' }],
    ['nothing where both are written', { name: 'Countess', firstName: 'Ada' }, {}],
  ])('derives %s', (_, written, derived) => {
    given()
      .when(create({ ...nobody, ...written }))
      .emits({ ...created, personal: { ...nobody, ...written, ...derived, phoneE164: null } });
  });

  test('leaves an e-mail address and a phone number to be checked, and nothing where there is none (WD-36, WD-40)', () => {
    const state = (profile: Profile) =>
      contact.evolve(contact.initial, {
        ...created,
        personal: { ...profile, phoneE164: null },
        version: 1,
        recordedAt: new Date(0),
      });
    const pending = { status: 'pending', version: 1 };
    expect(state(ada)).toMatchObject({ checks: { email: pending, phone: pending } });
    expect(state(nobody)).toMatchObject({ checks: { email: null, phone: null } });
  });
});

describe('changing a contact', () => {
  test('tells what changed, old and new', () => {
    given(created)
      .when(change({ company: 'Analytical Engines', name: 'Ada Lovelace' }))
      .emits(changed({ company: null }, { company: 'Analytical Engines' }));
  });

  test.each([
    ['no fields (WD-34)', {}],
    ['what it is already', { name: 'Ada Lovelace', email: 'ada@example.com' }],
  ])('to %s tells nothing', (_, changes) => {
    given(created).when(change(changes)).emitsNothing();
  });

  test('of another workspace is refused as if it did not exist (WD-52)', () => {
    given(created)
      .when(change({ company: 'X' }, 'ws_2'))
      .rejects({ kind: 'not-found' });
  });
});

describe('a verdict that comes back', () => {
  test('settles the value it was made for', () => {
    given(created).when(verdict(1)).emits(verified(1));
  });

  const toB = changed({ email: 'ada@example.com' }, { email: 'b@example.com' });
  const backToA = changed({ email: 'b@example.com' }, { email: 'ada@example.com' });

  test.each<[string, ContactEvent[], number]>([
    ['for an address since changed (WD-43)', [created, toB], 1],
    ['for an address changed and changed back: A→B→A is not the first A', [created, toB, backToA], 1],
    ['when it says nothing new', [created, verified(1)], 1],
    ['for a contact that is not there', [], 1],
  ])('is ignored %s', (_, past, valueVersion) => {
    given(...past)
      .when(verdict(valueVersion))
      .emitsNothing();
  });

  test('settles the last A of A→B→A', () => {
    given(created, toB, backToA).when(verdict(3)).emits(verified(3));
  });

  test.each<[string, ContactEvent]>([
    ['the other field', toB],
    ['the name', changed({ name: 'Ada Lovelace' }, { name: 'Ada King' })],
  ])('stands when %s changes (WD-43)', (_, event) => {
    given(created, verified(1, 'phone'), event).when(verdict(1, 'phone')).emitsNothing();
  });
});
