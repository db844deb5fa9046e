import { expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';

import { repeat } from './repeat.ts';

const NEVER = { everyMs: 3_600_000, onError: () => {} };

/** Comes this many turns of the microtask queue later. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
}

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
  'a wake that comes %i turns after the work was done has it done again',
  async (count) => {
    let done = 0;
    await using repeated = repeat(async () => {
      if (++done === 1) void turns(count).then(() => repeated.wake());
      return false;
    }, NEVER);
    await eventually(() => expect(done).toBe(2), { timeout: 1_000 });
  },
);
