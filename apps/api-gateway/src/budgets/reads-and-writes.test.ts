import { describe, expect, test } from '@jest/globals';
import type { Limits } from '@kith/contracts/tokens';

import { type CountedCall, readsAndWrites } from './reads-and-writes.ts';

const business: Limits = { native: { readsPerMinute: 60, writesPerMinute: 30 } };

describe('a call counts (WD-55)', () => {
  test.each<[string, CountedCall, string, number]>([
    ['GET', { method: 'GET' }, 'reads', 60],
    ['HEAD', { method: 'HEAD' }, 'reads', 60],
    ['POST', { method: 'POST' }, 'writes', 30],
    ['PUT', { method: 'PUT' }, 'writes', 30],
    ['PATCH', { method: 'PATCH' }, 'writes', 30],
    ['DELETE', { method: 'DELETE' }, 'writes', 30],
    ['a search by POST', { method: 'POST', reads: true }, 'reads', 60],
  ])('%s', (_, asked, name, limit) => {
    expect(readsAndWrites(business, asked)).toEqual([{ name, seconds: 60, limit }]);
  });

  test.each<[string, Limits, number | null]>([
    ['as often as the account may', { native: { readsPerMinute: 600 } }, 600],
    ['without limit, where it says so', { native: { readsPerMinute: null } }, null],
    ['not at all', { native: { readsPerMinute: 0 } }, 0],
    ['as often as is documented, where only its writes are said', { native: { writesPerMinute: null } }, 60],
    ['as often as is documented, where nothing is said', {}, 60],
    ['as often as is documented, where another API is spoken of', { waply: { callsPerMinute: null } }, 60],
  ])('%s', (_, limits, limit) => {
    expect(readsAndWrites(limits, { method: 'GET' })).toEqual([{ name: 'reads', seconds: 60, limit }]);
  });
});
