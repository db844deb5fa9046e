import { describe, expect, test } from '@jest/globals';
import { emptyProfile, type PartialProfile, type Profile } from '@kith/contracts/contacts';
import { readsAsStored, specify } from '@kith/event-store/testing';

import golden from './golden.json' with { type: 'json' };
import { contact, contactEvent, type ContactEvent } from './contact.ts';

const given = specify(contact);

const nobody = emptyProfile;
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
const changed = (was: PartialProfile, is: PartialProfile & { phoneE164?: string }): ContactEvent => ({
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
  test('records its values and its lists', () => {
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

  test.each([
    ['a first word', '𝒙'.repeat(200), { firstName: '𝒙'.repeat(100), lastName: null }],
    ['what follows the first word', `Ada ${'y'.repeat(196)}`, { firstName: 'Ada', lastName: 'y'.repeat(100) }],
  ])('cuts %s that is longer than its part may be, and keeps the name whole', (_, name, parts) => {
    given()
      .when(create({ ...nobody, name }))
      .emits({ ...created, personal: { ...nobody, name, ...parts, phoneE164: null } });
  });

  test.each([
    ' ',
    `${'𝒙'.repeat(99)} ${'y'.repeat(100)}`,
    `x ${'y '.repeat(99)}`,
    `${' '.repeat(199)}x`,
    'é'.repeat(200),
  ])('derives from the name %j only what can be stored', (name) => {
    for (const event of contact.decide(create({ ...nobody, name }), contact.initial)) {
      expect(contactEvent.parse(event)).toEqual(event);
    }
  });

  test('leaves an e-mail address and a phone number pending, and no status where there is none (WD-36, WD-40)', () => {
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
  test('to parts that join to more than a name may have is refused', () => {
    const firstName = '𝒙'.repeat(100);
    given(created)
      .when(change({ firstName, lastName: 'y'.repeat(100) }))
      .rejects({ kind: 'invalid' });
    const [was, is] = [
      { name: 'Ada Lovelace', firstName: 'Ada', lastName: 'Lovelace' },
      { firstName, lastName: 'y'.repeat(99) },
    ];
    given(created)
      .when(change(is))
      .emits(changed(was, { name: `${is.firstName} ${is.lastName}`, ...is }));
  });

  test('records the changed fields, old and new', () => {
    given(created)
      .when(change({ company: 'Analytical Engines', name: 'Ada Lovelace' }))
      .emits(changed({ company: null }, { company: 'Analytical Engines' }));
  });

  test.each([
    ['no fields (WD-34)', {}],
    ['the values it has', { name: 'Ada Lovelace', email: 'ada@example.com' }],
  ])('to %s changes nothing', (_, changes) => {
    given(created).when(change(changes)).emitsNothing();
  });

  test('of another workspace is refused as if it did not exist (WD-52)', () => {
    given(created)
      .when(change({ company: 'X' }, 'ws_2'))
      .rejects({ kind: 'not-found' });
  });
});

describe('the name and its parts', () => {
  test.each<[string, PartialProfile, PartialProfile]>([
    ['new parts follow from a new name', { name: 'Ada King' }, { name: 'Ada King', lastName: 'King' }],
    ['a new name follows from a new part', { lastName: 'King' }, { name: 'Ada King', lastName: 'King' }],
    [
      'both are kept as they are written',
      { name: 'Countess', lastName: 'King' },
      { name: 'Countess', lastName: 'King' },
    ],
  ])('%s', (_, changes, is) => {
    const was = Object.fromEntries(Object.keys(is).map((field) => [field, ada[field as keyof Profile]]));
    given(created).when(change(changes)).emits(changed(was, is));
  });

  test('stay as they are where the same name is written again', () => {
    const countess = { ...created, personal: { ...created.personal, name: 'Countess' } } as ContactEvent;
    given(countess)
      .when(change({ name: 'Countess' }))
      .emitsNothing();
  });
});

describe('being in lists', () => {
  const listed: ContactEvent = { type: 'ContactListed', data: { workspaceId, listId: 2 } };
  const unlisted: ContactEvent = { type: 'ContactUnlisted', data: { workspaceId, listId: 1 } };
  const put = (listId: number) => ({ type: 'PutInList', workspaceId, listId }) as const;
  const take = (listId: number) => ({ type: 'TakeFromList', workspaceId, listId }) as const;

  test('is recorded once', () => {
    given(created).when(put(2)).emits(listed);
    given(created, listed).when(put(2)).emitsNothing();
    given(created).when(take(1)).emits(unlisted);
    given(created, unlisted).when(take(1)).emitsNothing();
  });
});

describe('an erased contact', () => {
  const erased: ContactEvent = { type: 'ContactErased', data: { workspaceId } };
  const erase = { type: 'EraseContact', workspaceId } as const;

  test('leaves an event with ids only', () => {
    given(created).when(erase).emits(erased);
  });

  test('does not exist any more (T-17)', () => {
    given(created, erased).when(erase).rejects({ kind: 'not-found' });
    given(created, erased)
      .when(change({ company: 'X' }))
      .rejects({ kind: 'not-found' });
  });

  test('is not brought back', () => {
    given(created, erased).when(create(ada)).rejects({ kind: 'conflict' });
    given(created, erased).when(verdict(1)).emitsNothing();
  });
});

describe('a contact that lost versions in a restore', () => {
  const tellAnew = (seen: number) => ({ type: 'TellAnew', workspaceId, seen }) as const;

  test('is published whole again, in the version after the last that others have seen', () => {
    const whole = { ...ada, phoneE164: '+15551234567' };
    given(created, verified(1)).when(tellAnew(4)).emits(changed({}, {}), changed({}, {}), changed(ada, whole));
  });

  test('is left alone where others have seen no later version', () => {
    given(created, verified(1)).when(tellAnew(2)).emitsNothing();
  });

  test('has its values checked again, whatever their verdicts were', () => {
    const past = [created, verified(1), changed({}, {}), changed(ada, { ...ada, phoneE164: '+15551234567' })];
    given(...past)
      .when(verdict(1))
      .emitsNothing();
    given(...past)
      .when(verdict(4))
      .emits(verified(4));
  });
});

test('a command for another version is refused', () => {
  given(created)
    .when({ ...change({ company: 'X' }), ifVersions: [2] })
    .rejects({ kind: 'precondition-failed' });
});

describe('a verdict', () => {
  test('settles the value it was made for', () => {
    given(created).when(verdict(1)).emits(verified(1));
  });

  const toB = changed({ email: 'ada@example.com' }, { email: 'b@example.com' });
  const backToA = changed({ email: 'b@example.com' }, { email: 'ada@example.com' });

  test.each<[string, ContactEvent[], number]>([
    ['for an address since changed (WD-43)', [created, toB], 1],
    ['for an address changed and changed back: A→B→A is not the first A', [created, toB, backToA], 1],
    ['where it is known already', [created, verified(1)], 1],
    ['for a contact that does not exist', [], 1],
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

// The golden events lie in somebody's database: they gain new events and new forms, and none of them is changed.
describe('A contact, from the events that were ever stored,', () => {
  const states = readsAsStored(contactEvent, contact, golden);

  test('folds to the state it had', () => {
    expect(states.at(-2)).toMatchObject({
      status: 'active',
      id: 123,
      workspaceId: 'ws_01jcn3q8m7x5v9t2r4k6w8y0ab',
      version: 6,
      profile: { name: 'Ada Example', email: 'ada.example@example.com', phone: null, note: null, source: 'web' },
      phoneE164: null,
      checks: { email: { status: 'pending', version: 3 }, phone: null },
      lists: [8],
    });
    expect(states.at(-1)).toEqual({ status: 'erased' });
  });
});
