import { describe, expect, test } from '@jest/globals';
import { accountId, tokenId, workspaceId } from '@kith/contracts';

import { newId } from './ids.ts';

describe('an id', () => {
  test.each([
    ['acc', accountId],
    ['ws', workspaceId],
    ['tok', tokenId],
  ] as const)('begins with its kind: %s', (kind, schema) => {
    expect(schema.safeParse(newId(kind)).success).toBe(true);
  });

  test('is never given twice, and sorts after those of earlier milliseconds', () => {
    const earlier = Array.from({ length: 1_000 }, () => newId('tok'));
    expect(new Set(earlier).size).toBe(1_000);

    const now = Date.now();
    while (Date.now() === now);
    const later = newId('tok');
    expect(earlier.filter((id) => id >= later)).toEqual([]);
  });
});
