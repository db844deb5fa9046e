import { describe, expect, test } from '@jest/globals';
import { readsAsStored } from '@kith/event-store/testing';

import { contact, contactEvent } from './contact/contact.ts';
import { contactList, contactListEvent } from './list/list.ts';
import goldenContact from './contact/golden.json' with { type: 'json' };
import goldenList from './list/golden.json' with { type: 'json' };

// What the golden files show lies in somebody's database: they gain new events and new forms, and nothing in them is changed.

describe('a contact, from events as they were ever stored', () => {
  const states = readsAsStored(contactEvent, contact, goldenContact);

  test('it becomes what it was', () => {
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

describe('a list, from events as they were ever stored', () => {
  const states = readsAsStored(contactListEvent, contactList, goldenList);

  test('it becomes what it was', () => {
    expect(states.at(-2)).toMatchObject({ status: 'active', id: 7, version: 2, name: 'Clients' });
    expect(states.at(-1)).toEqual({ status: 'deleted' });
  });
});
