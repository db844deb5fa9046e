import { describe, expect, test } from '@jest/globals';

import { sampleOf } from '../harness/statistics.ts';
import { foreign, measure, verdictOf } from './figure.ts';

describe('a goal', () => {
  test.each([
    ['is met when the lower quartile meets it', [0.5, 0.6, 0.7], { atLeast: 0.5 }, 'met'],
    ['is open when only the better quartile does', [0.3, 0.6, 0.9], { atLeast: 0.5 }, 'open'],
    ['is missed when not even that does', [0.1, 0.2, 0.3], { atLeast: 0.5 }, 'missed'],
    ['from above is met when the upper quartile meets it', [30, 40, 50], { atMost: 50 }, 'met'],
    ['from above is open when only the lower one does', [30, 60, 90], { atMost: 50 }, 'open'],
    ['from above is missed when not even that does', [60, 70, 80], { atMost: 50 }, 'missed'],
  ])('%s', (_, rounds, goal, verdict) => {
    expect(verdictOf(measure('ratio', sampleOf(...rounds), goal))).toBe(verdict);
  });

  test('is neither met nor missed when nothing was measured', () => {
    expect(verdictOf(measure('ratio', sampleOf(NaN), { atLeast: 0.5 }))).toBeUndefined();
  });
});

test('rounds that are too short say nothing of what other processes took', () => {
  const rounds = (foreignCpu: number) => [{ measured: {}, foreignCpu }];
  expect(foreign(rounds(NaN))).toEqual({});
  expect(foreign(rounds(0.1))).toEqual({ foreignCpu: { median: 0.1, lower: 0.1, upper: 0.1 } });
});
