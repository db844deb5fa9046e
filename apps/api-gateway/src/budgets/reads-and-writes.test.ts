import { describe, expect, test } from '@jest/globals';
import type { Limits } from '@kith/contracts/tokens';

import { type CountedCall, readsAndWrites } from './reads-and-writes.ts';

const business: Limits = { native: { readsPerMinute: 60, writesPerMinute: 30 } };

describe('The budget of a call (WD-55)', () => {
  test.each<[string, CountedCall, string, number]>([
    ['GET', { method: 'GET' }, 'reads', 60],
    ['HEAD', { method: 'HEAD' }, 'reads', 60],
    ['POST', { method: 'POST' }, 'writes', 30],
    ['PUT', { method: 'PUT' }, 'writes', 30],
    ['PATCH', { method: 'PATCH' }, 'writes', 30],
    ['DELETE', { method: 'DELETE' }, 'writes', 30],
    ['a search by POST', { method: 'POST', reads: true }, 'reads', 60],
  ])('is the right one for %s', (_, asked, name, limit) => {
    expect(readsAndWrites(business, asked)).toEqual([{ name, seconds: 60, limit }]);
  });

  test.each<[string, Limits, number | null]>([
    ['is what the account may', { native: { readsPerMinute: 600 } }, 600],
    ['is unlimited where the plan says so', { native: { readsPerMinute: null } }, null],
    ['is nothing where the plan says zero', { native: { readsPerMinute: 0 } }, 0],
    ['is the documented one where the plan names writes only', { native: { writesPerMinute: null } }, 60],
    ['is the documented one where the plan names nothing', {}, 60],
    ['is the documented one where the plan names another API', { waply: { callsPerMinute: null } }, 60],
  ])('%s', (_, limits, limit) => {
    expect(readsAndWrites(limits, { method: 'GET' })).toEqual([{ name: 'reads', seconds: 60, limit }]);
  });
});
