import { describe, expect, test } from '@jest/globals';
import { readsAsStored } from '@kith/event-store/testing';

import golden from './golden/verification.json' with { type: 'json' };
import { verification, verifiedEvent } from './verification.ts';

// What the golden file shows lies in somebody's database: it gains new events and new forms, and nothing in it is changed.

describe('what was found of a contact, from events as they were ever stored', () => {
  const states = readsAsStored(verifiedEvent, verification, golden);

  test('it becomes what it was', () => {
    expect(states.at(-2)).toMatchObject({
      status: 'known',
      contactId: 123,
      version: 2,
      verdicts: {
        email: { valueVersion: 1, status: 'risky', reasons: ['domain_typo'] },
        phone: { valueVersion: 3, status: 'valid', reasons: [] },
      },
    });
    expect(states.at(-1)).toMatchObject({ status: 'forgotten', contactId: 123, version: 3 });
  });
});
