import { describe, expect, test } from '@jest/globals';

import { contactList, newContactList } from './contact-list.ts';
import { knownContact } from './known-contact.ts';
import { settledStatus, verificationStatus } from './status.ts';

describe('a new list', () => {
  test.each(['x', '\u{1F3AF}'.repeat(100), ' VIP '])('may be called %j', (name) => {
    expect(newContactList.parse({ name })).toEqual({ name });
  });

  test.each([{}, { name: '' }, { name: 'x'.repeat(101) }, { name: null }, { name: 'VIP', contactsCount: 3 }])(
    'is refused as %j',
    (body) => {
      expect(newContactList.safeParse(body).success).toBe(false);
    },
  );
});

test('a list may be empty, and never holds fewer contacts than none', () => {
  const list = {
    id: 1,
    workspaceId: 'ws_00000000000000000000000001',
    name: 'VIP',
    contactsCount: 0,
    createdAt: '2026-11-21T08:00:00.000Z',
    updatedAt: '2026-11-21T08:00:00.000Z',
    version: 1,
  };
  expect(contactList.parse(list)).toEqual(list);
  expect(contactList.safeParse({ ...list, contactsCount: -1 }).success).toBe(false);
});

describe('a contact that is known for a repair', () => {
  const known = { contactId: 1, workspaceId: 'ws_00000000000000000000000001' };

  test('says how far it was seen, since when it is erased, and which services have nothing left of it', () => {
    const erased = {
      ...known,
      version: 3,
      erasedAt: '2026-11-21T08:00:00.000Z',
      confirmations: { 'verification-service': '2026-11-21T08:00:01.000Z' },
    };
    expect([known, erased].map((line) => knownContact.parse(line))).toEqual([known, erased]);
  });

  test('is refused with a confirmation that has no time', () => {
    const confirmations = { 'verification-service': true };
    expect(knownContact.safeParse({ ...known, confirmations }).success).toBe(false);
  });

  test.each(['name', 'email', 'phone'])('is refused with its %s: the repair names no one', (member) => {
    expect(knownContact.safeParse({ ...known, [member]: 'x' }).success).toBe(false);
  });
});

test('a check settles on every status but pending', () => {
  expect(settledStatus.options).toEqual(verificationStatus.options.filter((status) => status !== 'pending'));
});
