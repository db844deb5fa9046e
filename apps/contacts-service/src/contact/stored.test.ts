import { describe, expect, test } from '@jest/globals';
import { contact as shownContact, emptyProfile, profile } from '@kith/contracts/contacts';
import { contactsEvent } from '@kith/contracts/topics';
import { type StoredEvent, toDomainEvent } from '@kith/event-store';

import { contact, contactEvent } from './contact.ts';
import { publishedContact } from './published.ts';
import { toContact } from './representation.ts';

const workspaceId = 'ws_01jcn3q8m7x5v9t2r4k6w8y0ab';
const AT = new Date('2026-11-21T12:00:00Z');

const stored = (version: number, type: string, data: object, personal: object): StoredEvent => ({
  stream: 'contact-123',
  subject: 'contact-123',
  version,
  eventId: 'f81d4fae-7dec-51d0-a765-00a0c91e6bf6',
  type,
  data: { workspaceId, ...data },
  personal,
  meta: {},
  recordedAt: AT,
});
const created = (personal: object) => stored(1, 'ContactCreated', { id: 123, lists: [] }, personal);
const changed = (version: number, old: object, after: object) =>
  stored(version, 'ContactChanged', {}, { old, new: after });

/** The contact as it is shown after its events, and the events as they are published: both as their readers parse them. */
function read(...events: StoredEvent[]) {
  const state = events
    .map((event) => toDomainEvent(contactEvent, event))
    .reduce((before, event) => contact.evolve(before, event), contact.initial);
  return {
    shown: toContact(state),
    published: events.map((event) => contactsEvent.parse(publishedContact(123, event))),
  };
}

describe('An event that was stored before a field existed', () => {
  test('is read, shown and published with the field null', () => {
    const { shown, published } = read(created({ name: 'Ada', email: 'ada@kith.test' }));
    expect(shownContact.parse(shown)).toMatchObject({ ...emptyProfile, name: 'Ada', email: 'ada@kith.test' });
    expect(shown.phoneE164).toBeNull();
    expect(published).toMatchObject([
      { data: { contact: { ...emptyProfile, name: 'Ada', email: 'ada@kith.test', phoneE164: null } } },
    ]);
  });

  test('has each member of an address, also where it changes nothing else', () => {
    const whole = { line1: null, line2: null, city: 'Lisbon', region: null, postalCode: null, country: null };
    const { shown, published } = read(
      created({ address: { city: 'Porto' } }),
      changed(2, { address: { city: 'Porto' } }, { address: { city: 'Lisbon' } }),
    );
    expect(shown.address).toEqual(whole);
    expect(published[1]).toMatchObject({
      data: { changes: { old: { address: { ...whole, city: 'Porto' } }, new: { address: whole } } },
    });
  });

  test('clears nothing that it leaves out', () => {
    const { shown, published } = read(created({ name: 'Ada', company: 'Engines' }), changed(2, {}, { name: 'Grace' }));
    expect(shown).toMatchObject({ name: 'Grace', company: 'Engines' });
    expect(published[1]).toMatchObject({ data: { changes: { old: {}, new: { name: 'Grace' } } } });
  });
});

describe('A value that today’s rules refuse, and that was stored before them', () => {
  test.each([
    ['email', 'ada at kith.test'],
    ['website', 'kith.test'],
    ['timezone', 'Mars/Olympus'],
    ['phone', '1'],
    ['dateOfBirth', '31.12.1990'],
    ['note', 'x'.repeat(6_000)],
    ['address', { country: 'Portugal' }],
  ])('is read, shown and published: %s', (field, value) => {
    expect(profile.safeParse({ ...emptyProfile, [field]: value }).success).toBe(false);
    const { shown, published } = read(created({ [field]: value }), changed(2, { [field]: value }, { [field]: null }));
    expect(shown).toMatchObject({ [field]: null });
    expect(published).toMatchObject([
      { data: { contact: { [field]: value } } },
      { data: { changes: { old: { [field]: value }, new: { [field]: null } } } },
    ]);
  });
});

test('A member that a later release stored is passed over, and the event is read', () => {
  const { shown, published } = read(
    created({ name: 'Ada', nickname: 'A', address: { city: 'Lisbon', line3: '2nd floor' } }),
    changed(2, { nickname: 'A' }, { nickname: 'Addie', email: 'ada@kith.test' }),
  );
  expect(shown).toMatchObject({ name: 'Ada', email: 'ada@kith.test', address: { city: 'Lisbon' } });
  expect(shown).not.toHaveProperty('nickname');
  expect(JSON.stringify(published)).not.toMatch(/nickname|line3/);
});

test('A published event with members and no values that this release knows is read by its subscribers', () => {
  const [event] = read(created({ name: 'Ada', email: 'ada at kith.test' })).published;
  const { data } = event as { data: { contact: object } };
  const later = { ...data, followers: [7], contact: { ...data.contact, nickname: 'A' } };
  expect(contactsEvent.parse({ type: 'ContactCreated', data: later })).toEqual(event);
});
