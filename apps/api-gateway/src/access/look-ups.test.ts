import { beforeEach, describe, expect, test } from '@jest/globals';
import type { TokenInfo } from '@kith/contracts/tokens';
import { eventually } from '@kith/stack/testing';

import { tokenInfo } from '../gateway.fixture.ts';
import { boundLookUps, type LookUps } from './look-ups.ts';
import { tokenCache } from './token-cache.ts';

const HERE = '203.0.113.7';
const ELSEWHERE = '198.51.100.1';

let now: number;
let asked: string[];
let good: Set<string>;
/** Every look-up waits for it. */
let gate: Promise<void> | undefined;
let known: LookUps;
beforeEach(() => {
  now = 0;
  asked = [];
  good = new Set(['good']);
  gate = undefined;
  const clock = () => now;
  const introspect = async (hash: string): Promise<TokenInfo | undefined> => {
    asked.push(hash);
    await gate;
    return good.has(hash) ? tokenInfo : undefined;
  };
  known = boundLookUps(tokenCache(introspect, clock), clock);
});

const guess = async (from: number, to: number, address = HERE) => {
  const guesses = Array.from({ length: to - from + 1 }, (_, n) => `guess ${from + n} of ${address}`);
  return Promise.allSettled(guesses.map((hash) => known.of(hash, address)));
};
const refusals = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.filter(({ status }) => status === 'rejected').length;
const tooMany = { kind: 'rate-limited', message: expect.stringContaining('Try again in'), retryAfter: 60 };

describe('An address from which sixty unknown tokens came within a minute', () => {
  test('is refused the next one without a look-up, and told when to come again', async () => {
    expect(refusals(await guess(1, 60))).toBe(0);
    await expect(known.of('guess 61', HERE)).rejects.toMatchObject(tooMany);
    expect(asked).toHaveLength(60);
    now = 59_000;
    await expect(known.of('guess 61', HERE)).rejects.toMatchObject({ retryAfter: 1 });
    now = 60_000;
    expect(await known.of('guess 61', HERE)).toBeUndefined();
  });

  test('is refused all further ones, also where they come at once', async () => {
    const outcomes = await guess(1, 400);
    // The look-ups under way when the sixtieth failed still end.
    expect(asked.length).toBeLessThan(70);
    expect(refusals(outcomes)).toBe(400 - asked.length);
  });

  test('is let in with its known tokens for as long as these are valid', async () => {
    expect(await known.of('good', HERE)).toBe(tokenInfo);
    await guess(1, 100);
    for (now = 0; now < 50_000; now += 5_000) expect(await known.of('good', HERE)).toBe(tokenInfo);
  });

  test('leaves other addresses and other IPv6 networks their own count', async () => {
    await guess(1, 61);
    expect(await known.of('good', ELSEWHERE)).toBe(tokenInfo);
    await guess(100, 160, '2001:db8:1:2::1');
    await expect(known.of('guess 200', '2001:db8:1:2::2')).rejects.toMatchObject(tooMany);
    expect(await known.of('guess 200', '2001:db8:1:3::1')).toBeUndefined();
  });
});

describe('One dead token, sent again and again,', () => {
  test('counts once in a minute, so it locks nobody else of the same address out', async () => {
    for (; now < 55_000; now += 500) expect(await known.of('revoked', HERE)).toBeUndefined();
    expect(refusals(await guess(1, 59))).toBe(0);
    await expect(known.of('guess 60', HERE)).rejects.toMatchObject({ kind: 'rate-limited' });
    expect(await known.of('revoked', HERE)).toBeUndefined();
  });

  test('is looked up once a second', async () => {
    for (now = 0; now < 3_000; now += 100) await known.of('revoked', HERE);
    expect(asked).toHaveLength(3);
  });

  test('is looked up again as soon as any token changes', async () => {
    expect(await known.of('disabled', HERE)).toBeUndefined();
    good.add('disabled');
    known.forgetToken('tok_of_whatever');
    expect(await known.of('disabled', HERE)).toBe(tokenInfo);
  });
});

test('A new token works at its first request', async () => {
  await guess(1, 59);
  good.add('new');
  expect(await known.of('new', HERE)).toBe(tokenInfo);
});

describe('While token-service hangs,', () => {
  test('known tokens are let in, and 8 unknown ones of an address and 32 of all are looked up', async () => {
    await known.of('good', HERE);
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    const waiting = [1, 2, 3, 4, 5].map((n) => guess(1, 40, `192.0.2.${n}`));
    await eventually(() => expect(asked).toHaveLength(1 + 32));
    const of = (n: number) => asked.filter((hash) => hash.endsWith(`.${n}`)).length;
    expect([1, 2, 3, 4, 5].map(of)).toEqual([8, 8, 8, 8, 0]);
    expect(await known.of('good', HERE)).toBe(tokenInfo);
    resolve();
    await Promise.all(waiting);
    // The turn of the fifth has come.
    expect(of(5)).toBe(40);
  });

  test('requests beyond those that can wait are told at once to come again', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    const flood = Array.from({ length: 1_100 }, (_, n) =>
      known.of(`flood ${n}`, HERE).catch((error: unknown) => error),
    );
    expect(await flood.at(-1)).toMatchObject({ kind: 'unavailable', retryAfter: 1 });
    const other = known.of('good', ELSEWHERE);
    await eventually(() => expect(asked).toContain('good'));
    resolve();
    expect(await other).toBe(tokenInfo);
    await Promise.all(flood);
  });
});
