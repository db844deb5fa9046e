import { describe, expect, test } from '@jest/globals';

import { effectiveTerms, type Overrides, sameOverrides, type Terms } from './terms.ts';

const plan: Terms = {
  limits: {
    native: { readsPerMinute: 60, writesPerMinute: 30 },
    consuelo: { callsPerMinute: 300, callsPerDay: 50_000 },
  },
  apiAccess: ['native', 'consuelo'],
};
const own = (changes: Partial<Overrides>): Overrides => ({ limits: null, apiAccess: null, ...changes });

describe('an account’s terms', () => {
  test('are its plan’s where it has none of its own', () => {
    expect(effectiveTerms(plan, own({}))).toEqual(plan);
  });

  test('differ from its plan’s only in the windows it has of its own', () => {
    const { limits } = effectiveTerms(
      plan,
      own({ limits: { native: { readsPerMinute: 5 }, waply: { callsPerMinute: 1 } } }),
    );
    expect(limits).toEqual({
      native: { readsPerMinute: 5, writesPerMinute: 30 },
      consuelo: { callsPerMinute: 300, callsPerDay: 50_000 },
      waply: { callsPerMinute: 1 },
    });
  });

  test('have no limit where it is null', () => {
    const { limits } = effectiveTerms(plan, own({ limits: { consuelo: { callsPerDay: null } } }));
    expect(limits.consuelo).toEqual({ callsPerMinute: 300, callsPerDay: null });
  });

  test('allow the dialects of its own list instead of the plan’s, even none', () => {
    expect(effectiveTerms(plan, own({ apiAccess: ['waply'] })).apiAccess).toEqual(['waply']);
    expect(effectiveTerms(plan, own({ apiAccess: [] })).apiAccess).toEqual([]);
  });
});

test.each([
  ['written in another order', own({ limits: { native: { writesPerMinute: 2, readsPerMinute: 1 } } }), true],
  ['with another number', own({ limits: { native: { readsPerMinute: 1, writesPerMinute: 3 } } }), false],
  ['with a limit lifted', own({ limits: { native: { readsPerMinute: null, writesPerMinute: 2 } } }), false],
  [
    'with no dialect allowed rather than the plan’s',
    own({ limits: { native: { readsPerMinute: 1, writesPerMinute: 2 } }, apiAccess: [] }),
    false,
  ],
  ['taken away', own({}), false],
])('overrides %s', (_, other, same) => {
  expect(sameOverrides(own({ limits: { native: { readsPerMinute: 1, writesPerMinute: 2 } } }), other)).toBe(same);
});
