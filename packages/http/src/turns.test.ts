import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { type Turns, turns } from './turns.ts';

let take: Turns;
/** The work that has begun, in order, and how to end it. */
let begun: { readonly name: string; readonly end: (error?: Error) => void }[];
beforeEach(() => {
  begun = [];
});
// A timer must not outlive its test.
afterEach(async () => {
  for (let ended = 0; ended < begun.length; ended++) await end(1, ended);
});

const open = (options: Partial<Parameters<typeof turns>[0]> = {}) => {
  take = turns({ places: 2, each: 2, waiting: 1_000, patienceMs: 10_000, refusal: 'Too many.', ...options });
};
const ask = (who: string, name = who, signal?: AbortSignal): Promise<string> =>
  take(
    who,
    async () => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      begun.push({ name, end: (error) => (error ? reject(error) : resolve(name)) });
      return promise;
    },
    signal,
  );
const flood = (who: string, count: number) => Array.from({ length: count }, (_, n) => ask(who, `${who}${n + 1}`));
const names = () => begun.map(({ name }) => name);
const settle = () => new Promise((resolve) => setImmediate(resolve));
async function end(count = 1, from = 0) {
  for (const { end: done } of begun.slice(from, from + count)) done();
  await settle();
}

describe('work of several, taken in turns', () => {
  test('begins at once where there is a place, and gives what it gives', async () => {
    open();
    const asked = ask('a');
    expect(names()).toEqual(['a']);
    await end();
    expect(await asked).toBe('a');
  });

  test('waits for a place, and a failure makes room as well', async () => {
    open();
    const [first] = flood('a', 3);
    expect(names()).toEqual(['a1', 'a2']);
    begun[0]?.end(new Error('failed'));
    await expect(first).rejects.toThrow('failed');
    expect(names()).toEqual(['a1', 'a2', 'a3']);
  });

  test('is done for one who asks once before the flood of another is over', async () => {
    open();
    void flood('a', 120);
    void ask('b');
    await end();
    expect(names()).toEqual(['a1', 'a2', 'a3']);
    await end(1, 1);
    expect(names()).toEqual(['a1', 'a2', 'a3', 'b']);
  });

  test('goes round: one each', async () => {
    open({ places: 1 });
    void flood('a', 4);
    void flood('b', 3);
    void flood('c', 1);
    for (let n = 0; n < 8; n++) await end(1, n);
    expect(names()).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4', 'b3']);
  });

  test('leaves a place to the others where nobody may hold all of them', async () => {
    open({ places: 3, each: 2 });
    void flood('a', 5);
    expect(names()).toEqual(['a1', 'a2']);
    void ask('b');
    expect(names()).toEqual(['a1', 'a2', 'b']);
    await end(1, 2);
    expect(names()).toEqual(['a1', 'a2', 'b']);
    await end(1, 0);
    expect(names()).toEqual(['a1', 'a2', 'b', 'a3']);
  });

  test('is refused where too much of the same waits, and only of the same', async () => {
    open({ waiting: 3 });
    const asked = flood('a', 6);
    await expect(asked[5]).rejects.toMatchObject({ kind: 'unavailable', message: 'Too many.', retryAfter: 1 });
    void ask('b');
    await end(2);
    await end(2, 2);
    expect(names()).toEqual(['a1', 'a2', 'a3', 'b', 'a4', 'a5']);
  });

  test('is refused after too long a wait, and makes no room', async () => {
    open({ places: 1, patienceMs: 50 });
    const asked = flood('a', 3);
    for (const waiting of asked.slice(1)) await expect(waiting).rejects.toMatchObject({ kind: 'unavailable' });
    await end();
    expect(names()).toEqual(['a1']);
    void ask('b');
    expect(names()).toEqual(['a1', 'b']);
  });

  test('is not begun once nobody waits for it', async () => {
    open({ places: 1 });
    const gone = new AbortController();
    const asked = [ask('a', 'a1'), ask('a', 'a2', gone.signal), ask('a', 'a3')];
    gone.abort(new Error('gone'));
    await expect(asked[1]).rejects.toThrow('gone');
    await end();
    expect(names()).toEqual(['a1', 'a3']);
    await expect(ask('b', 'b', gone.signal)).rejects.toThrow('gone');
  });
});
