import { describe, expect, test } from '@jest/globals';
import { readsAsStored, specify } from '@kith/event-store/testing';

import golden from './golden/verification.json' with { type: 'json' };
import { verification, type VerificationCommand, verifiedEvent, type VerifiedEvent } from './verification.ts';

const given = specify(verification);

type Data = Extract<VerifiedEvent, { type: 'StatusVerified' }>['data'];

const found = {
  contactId: 7,
  workspaceId: 'ws_00000000000000000000000001',
  field: 'email',
  valueVersion: 3,
  status: 'valid',
  reasons: [],
  evidence: [{ check: 'syntax', says: 'pass' }],
  checkedAt: '2026-01-01T00:00:00.000Z',
} satisfies Data;

const verdict = (changes: Partial<Data> = {}): VerificationCommand => ({
  type: 'RecordVerdict',
  ...found,
  ...changes,
});
const verified = (changes: Partial<Data> = {}): VerifiedEvent => ({
  type: 'StatusVerified',
  data: { ...found, ...changes },
});

describe('a verdict', () => {
  test('is recorded with its evidence', () => {
    given().when(verdict()).emits(verified());
  });

  test('on one field does not block a verdict on the other field', () => {
    given(verified())
      .when(verdict({ field: 'phone', valueVersion: 1 }))
      .emits(verified({ field: 'phone', valueVersion: 1 }));
  });

  test('on a new value is recorded, whatever the verdict on the old value was', () => {
    given(verified())
      .when(verdict({ valueVersion: 4 }))
      .emits(verified({ valueVersion: 4 }));
  });

  test('that arrives twice changes nothing', () => {
    given(verified())
      .when(verdict({ status: 'invalid', reasons: ['no_such_domain'] }))
      .emitsNothing();
  });

  test('that arrives after one on a later value changes nothing', () => {
    given(verified({ valueVersion: 4 }))
      .when(verdict())
      .emitsNothing();
  });
});

describe('an erased contact', () => {
  const { contactId, workspaceId } = found;
  const forget: VerificationCommand = { type: 'ForgetContact', contactId, workspaceId };
  const forgotten: VerifiedEvent = { type: 'ContactForgotten', data: { contactId, workspaceId } };

  test.each([
    ['with its verdicts', [verified()]],
    ['even without any verdict', []],
  ])('is forgotten %s', (_, past) => {
    given(...past)
      .when(forget)
      .emits(forgotten);
  });

  test('is not forgotten twice', () => {
    given(verified(), forgotten).when(forget).emitsNothing();
  });

  test('is not brought back by a late verdict', () => {
    given(verified(), forgotten)
      .when(verdict({ valueVersion: 9 }))
      .emitsNothing();
  });
});

describe('an address that was written, changed, and written back (A→B→A)', () => {
  const first = verified({ valueVersion: 1 });
  const third = verdict({ valueVersion: 3 });

  test('is checked again: the first verdict does not count for the third value', () => {
    given(first)
      .when(third)
      .emits(verified({ valueVersion: 3 }));
  });

  test('keeps its last verdict when the first one arrives last', () => {
    given(verified({ valueVersion: 3 }))
      .when(verdict({ valueVersion: 1, status: 'invalid' }))
      .emitsNothing();
  });

  test('keeps its last verdict when the one in between arrives last', () => {
    given(first, verified({ valueVersion: 3 }))
      .when(verdict({ valueVersion: 2 }))
      .emitsNothing();
  });
});

// golden/verification.json shows what databases hold: it gains new events and new forms, and nothing in it is changed.
describe('a stored history', () => {
  const states = readsAsStored(verifiedEvent, verification, golden);

  test('folds to the verdicts that it always held', () => {
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
