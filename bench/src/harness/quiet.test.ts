import { expect, test } from '@jest/globals';

import { QUIET_MS, untilQuiet } from './quiet.ts';

/** A clock that moves only while somebody waits. */
function manualClock() {
  let time = 0;
  return { now: () => time, wait: async (ms: number) => void (time += ms) };
}

const lookingAt = (clock: { now: () => number }, changes: readonly number[]) => async () =>
  String(changes.filter((at) => at <= clock.now()).length);

test('a system is quiet since its last change, not since the last look', async () => {
  const clock = manualClock();
  const at = await untilQuiet({ look: lookingAt(clock, [300, 1500]), clock });
  expect(at).toBe(1500);
  expect(clock.now()).toBe(1500 + QUIET_MS);
});

test('a pause shorter than two seconds is not quiet', async () => {
  const clock = manualClock();
  const pauses = [1900, 3800, 5700];
  expect(await untilQuiet({ look: lookingAt(clock, pauses), clock })).toBe(5700);
});

test('a system that does nothing is quiet since the call', async () => {
  const clock = manualClock();
  await clock.wait(40);
  expect(await untilQuiet({ look: async () => 'the same', clock })).toBe(40);
});

test('every change is reported when it is seen', async () => {
  const clock = manualClock();
  const seen: number[] = [];
  await untilQuiet({ look: lookingAt(clock, [250, 900]), onChange: () => seen.push(clock.now()), clock });
  expect(seen).toEqual([300, 900]);
});
