import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { consueloContactId, leadConnectorId, type VendorId, waplyContactId } from './vendor-ids.ts';

const contactId = leadConnectorId('contact');
const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

describe.each<[string, VendorId, RegExp]>([
  ['Waply (WA-01)', waplyContactId, /^con_[0-9A-HJKMNP-TV-Z]{6,11}$/],
  ['Consuelo (CT-19)', consueloContactId, /^contact_[1-9]\d*$/],
  ['LeadConnector (LC-02)', contactId, /^[0-9A-Za-z]{20}$/],
])('the id that %s knows a contact by', (_, { encode, decode }, form) => {
  test('has the form of the vendor', () => {
    fc.assert(fc.property(id, (n) => form.test(encode(n))));
  });

  test('leads back to the contact', () => {
    fc.assert(fc.property(id, (n) => decode(encode(n)) === n));
  });

  test('has one spelling', () => {
    fc.assert(fc.property(id, fc.constantFrom('0', ' ', '\n', 'A'), (n, more) => decode(encode(n) + more) !== n));
    fc.assert(
      fc.property(id, (n) => {
        const lower = encode(n).toLowerCase();
        return lower === encode(n) || decode(lower) !== n;
      }),
    );
  });

  test.each([
    '',
    '0',
    '123',
    'con_',
    'con_000000',
    'contact_0',
    'contact_-1',
    'contact_9007199254740993',
    'con_00000U',
  ])('is never %j', (text) => expect(decode(text)).toBeUndefined());
});

test('each vendor refuses the ids of the others', () => {
  const forms = [waplyContactId, consueloContactId, contactId, { encode: String }];
  for (const own of [waplyContactId, consueloContactId, contactId])
    for (const { encode } of forms.filter((form) => form !== own)) expect(own.decode(encode(123))).toBeUndefined();
});

test("the ids of the vendors' documents have the right form and lead to some contact", () => {
  expect(waplyContactId.decode('con_01HXYZ')).toBe(1_636_319);
  expect(consueloContactId.decode('contact_123')).toBe(123);
});

describe('an id of LeadConnector', () => {
  test('of one kind is none of another', () => {
    fc.assert(fc.property(id, (n) => leadConnectorId('note').decode(contactId.encode(n)) === undefined));
  });

  test('shows no counter: two that follow each other share no beginning of four characters', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (n) => {
        return contactId.encode(n).slice(0, 4) !== contactId.encode(n + 1).slice(0, 4);
      }),
    );
  });

  test('that was made up is recognised', () => {
    expect(contactId.decode('ocQHyuzHvysMo5N5VsXc')).toBeUndefined();
  });

  test('never changes: clients keep it', () => {
    expect([1, 123, Number.MAX_SAFE_INTEGER].map(contactId.encode)).toEqual([
      '4nTbUyaStfPUzYdv3rSp',
      'eLMGrOwJzPeyzELZgkdJ',
      '07YrM8tlWEljWmgBt6Fd',
    ]);
  });
});
