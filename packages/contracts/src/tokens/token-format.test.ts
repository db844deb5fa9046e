import { randomBytes } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { formatToken, isWellFormedToken, TOKEN_RANDOM_BYTES } from './token-format.ts';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const issue = () => formatToken(randomBytes(TOKEN_RANDOM_BYTES));

/** None of these bytes is skipped. */
const randomness = fc.uint8Array({ minLength: 64, maxLength: 64, max: 247 });

describe('a token', () => {
  test('is kith_, 32 base62 digits and six of checksum', () => {
    fc.assert(fc.property(randomness, (random) => /^kith_[0-9A-Za-z]{38}$/.test(formatToken(random))));
  });

  test('is recognised as ours', () => {
    fc.assert(fc.property(randomness, (random) => isWellFormedToken(formatToken(random))));
  });

  test('is not recognised with one character changed', () => {
    const character = fc.constantFrom(...BASE62);
    fc.assert(
      fc.property(randomness, fc.integer({ min: 5, max: 42 }), character, (random, at, other) => {
        const token = formatToken(random);
        fc.pre(token[at] !== other);
        return !isWellFormedToken(token.slice(0, at) + other + token.slice(at + 1));
      }),
    );
  });

  test('keeps its format, which scanners for leaked secrets know', () => {
    expect(formatToken(new Uint8Array(64))).toBe(`kith_${'0'.repeat(32)}2wjyrI`);
  });

  test('is not made of too little randomness', () => {
    expect(() => formatToken(randomBytes(31))).toThrow(RangeError);
    expect(() => formatToken(new Uint8Array(64).fill(255))).toThrow(RangeError);
  });

  test('favours no digit', () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 2_000; n++) {
      for (const digit of issue().slice(5, 37)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    }
    const expected = (2_000 * 32) / 62;
    const chiSquare = [...BASE62].reduce(
      (sum, digit) => sum + ((counts.get(digit) ?? 0) - expected) ** 2 / expected,
      0,
    );
    // 61 degrees of freedom: random digits exceed 150 less than once in 10^8 runs; `byte % 62` alone gives about 470.
    expect(chiSquare).toBeLessThan(150);
  });
});

test.each([
  ['nothing', ''],
  ['another vendor’s', 'wp_live_0123456789'],
  ['one cut short', issue().slice(0, -1)],
  ['one with a line break behind it', `${issue()}\n`],
  ['one with a word before it', `Bearer ${issue()}`],
])('%s is no token of ours', (_, value) => {
  expect(isWellFormedToken(value)).toBe(false);
});
