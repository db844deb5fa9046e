import { describe, expect, test } from '@jest/globals';

import { pageQuery } from './pages.ts';

const refused = (query: unknown) => pageQuery.safeParse(query).error?.issues.map(({ path: [member] }) => member);

describe('a page', () => {
  test('is the first, of 15 items, unless asked otherwise', () => {
    expect(pageQuery.parse({})).toEqual({ page: 1, perPage: 15 });
  });

  test('is asked for in text, as a URL has it', () => {
    expect(pageQuery.parse({ page: '7', perPage: '1000', cursor: 'WzFd' })).toEqual({
      page: 7,
      perPage: 1000,
      cursor: 'WzFd',
    });
  });

  test.each(['0', '-1', '1.5', '', 'two', '9007199254740992', 'Infinity'])('has no number %j', (page) => {
    expect(refused({ page })).toContain('page');
  });

  test.each(['0', '1001', '-15', '2.5', '', 'all'])('does not hold %j items', (perPage) => {
    expect(refused({ perPage })).toEqual(['perPage']);
  });

  test('begins after no cursor that is empty or that Kith would never write', () => {
    expect(pageQuery.parse({ cursor: 'x'.repeat(4096) }).cursor).toHaveLength(4096);
    expect([refused({ cursor: '' }), refused({ cursor: 'x'.repeat(4097) })]).toEqual([['cursor'], ['cursor']]);
  });
});
