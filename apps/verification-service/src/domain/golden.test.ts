import { describe, expect, test } from '@jest/globals';

import golden from './golden/verification.json' with { type: 'json' };
import { verification, verifiedEvent } from './verification.ts';

// What the golden file shows lies in somebody's database: it gains new events and new forms, and nothing in it is changed.

describe('what was found of a contact, from events as they were ever stored', () => {
  const events = golden.map((event) => verifiedEvent.parse(event));

  test('there is an example of every event', () => {
    const types = verifiedEvent.options.map(({ shape }) => shape.type.value);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(types));
  });

  test('nothing that was stored is lost in reading', () => expect(events).toEqual(golden));

  test('it becomes what it was', () => {
    const [checked, forgotten] = [events.slice(0, 2), events].map((told) =>
      told.reduce(
        (state, event, index) => verification.evolve(state, { ...event, version: index + 1, recordedAt: new Date(0) }),
        verification.initial,
      ),
    );
    expect(checked).toMatchObject({
      status: 'known',
      contactId: 123,
      version: 2,
      verdicts: {
        email: { valueVersion: 1, status: 'risky', reasons: ['domain_typo'] },
        phone: { valueVersion: 3, status: 'valid', reasons: [] },
      },
    });
    expect(forgotten).toMatchObject({ status: 'forgotten', contactId: 123, version: 3 });
  });
});
