import { expect, test } from '@jest/globals';

import { inBatches } from './in-batches.ts';

test('items that arrive while a batch runs go together in the next, in order and up to the limit', async () => {
  const batches: number[][] = [];
  const add = inBatches<number>(async (batch) => void batches.push([...batch]), 3);
  await Promise.all([1, 2, 3, 4, 5].map(add));
  expect(batches).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
});

test('a failing batch rejects its own items, and the next one goes on', async () => {
  const add = inBatches<number>(async (batch) => {
    if (batch.includes(1)) throw new Error('no');
  }, 1);
  const outcomes = await Promise.allSettled([1, 2].map(add));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});
