import { describe, expect, test } from '@jest/globals';

import { quantile, sampleOf } from './statistics.ts';

describe('a quantile', () => {
  test.each([
    ['of an odd number of values is the one in the middle', [3, 1, 2], 0.5, 2],
    ['of an even number lies between two of them', [4, 1, 2, 3], 0.5, 2.5],
    ['lies between its neighbours in proportion', [0, 10], 0.99, 9.9],
    ['of one value is that value', [7], 0.25, 7],
  ])('%s', (_, values, q, expected) => {
    expect(quantile(values, q)).toBeCloseTo(expected);
  });

  test('without values is not a number', () => expect(quantile([], 0.5)).toBeNaN());

  test('does not reorder its input', () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });
});

test('a sample holds the median, both quartiles and every round', () => {
  expect(sampleOf(1, 2, 3, 4, 5)).toEqual({ median: 3, lower: 2, upper: 4, rounds: [1, 2, 3, 4, 5] });
});
