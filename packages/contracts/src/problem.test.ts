import { expect, test } from '@jest/globals';

import { Problem } from './problem.ts';

test('a problem tells the caller its kind, its words, the fields at fault and when to try again', () => {
  const errors = { email: ['Must be a valid e-mail address.'] };
  const problem = new Problem('rate-limited', 'Too many calls.', { errors, retryAfter: 7 });
  expect(problem).toMatchObject({ kind: 'rate-limited', message: 'Too many calls.', errors, retryAfter: 7 });
});

test('a problem that names no field and no time has neither', () => {
  const { errors, retryAfter } = new Problem('conflict', 'No.');
  expect([errors, retryAfter]).toEqual([undefined, undefined]);
});

test('a problem is an error that keeps what it came of, for the log', () => {
  const cause = new Error('connect ECONNREFUSED');
  const problem = new Problem('unavailable', 'Away.', { cause });
  expect(Error.isError(problem)).toBe(true);
  expect([problem.cause, problem.name]).toEqual([cause, 'Problem']);
  expect(problem.stack).toContain('problem.test.ts');
});
