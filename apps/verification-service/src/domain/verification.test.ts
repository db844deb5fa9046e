import { describe, test } from '@jest/globals';
import { specify } from '@kith/event-store/testing';

import { verification, type VerificationCommand, type VerifiedEvent } from './verification.ts';

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
  test('is recorded with what led to it', () => {
    given().when(verdict()).emits(verified());
  });

  test('on one field does not stand in the way of one on the other', () => {
    given(verified())
      .when(verdict({ field: 'phone', valueVersion: 1 }))
      .emits(verified({ field: 'phone', valueVersion: 1 }));
  });

  test('on a value written anew is recorded, whatever was said of the one before', () => {
    given(verified())
      .when(verdict({ valueVersion: 4 }))
      .emits(verified({ valueVersion: 4 }));
  });

  test('that comes a second time changes nothing', () => {
    given(verified())
      .when(verdict({ status: 'invalid', reasons: ['no_such_domain'] }))
      .emitsNothing();
  });

  test('that comes after one on a later value changes nothing', () => {
    given(verified({ valueVersion: 4 }))
      .when(verdict())
      .emitsNothing();
  });
});

describe('a contact that is forgotten', () => {
  const { contactId, workspaceId } = found;
  const forget: VerificationCommand = { type: 'ForgetContact', contactId, workspaceId };
  const forgotten: VerifiedEvent = { type: 'ContactForgotten', data: { contactId, workspaceId } };

  test.each([
    ['with what was found of it', [verified()]],
    ['even if nothing was', []],
  ])('is so %s', (_, past) => {
    given(...past)
      .when(forget)
      .emits(forgotten);
  });

  test('is not forgotten twice', () => {
    given(verified(), forgotten).when(forget).emitsNothing();
  });

  test('is not brought back by a verdict that comes late', () => {
    given(verified(), forgotten)
      .when(verdict({ valueVersion: 9 }))
      .emitsNothing();
  });
});

describe('an address that was written, changed, and written back (A→B→A)', () => {
  const first = verified({ valueVersion: 1 });
  const third = verdict({ valueVersion: 3 });

  test('is judged anew: the first answer is not the third’s', () => {
    given(first)
      .when(third)
      .emits(verified({ valueVersion: 3 }));
  });

  test('keeps its last answer when the first one comes last', () => {
    given(verified({ valueVersion: 3 }))
      .when(verdict({ valueVersion: 1, status: 'invalid' }))
      .emitsNothing();
  });

  test('keeps it too when the one between comes last', () => {
    given(first, verified({ valueVersion: 3 }))
      .when(verdict({ valueVersion: 2 }))
      .emitsNothing();
  });
});
