import { expect, test } from '@jest/globals';

import type { Side } from './side.ts';
import { turn } from './turn.ts';

const LATER_MS = 1000;

/** A side that goes on working for a second after the creates. */
function sideWith(cpu: Side['cpu']): Side & { readonly asked: string[] } {
  const asked: string[] = [];
  const once = (what: string) => async () => {
    if (asked.at(-1) !== what) asked.push(what);
  };
  return {
    name: 'ours',
    asked,
    create: once('create'),
    read: once('read'),
    async settled() {
      await once('settled')();
      return { at: performance.now() + LATER_MS, cpu: { kafka: 3_000_000 } };
    },
    cpu,
    [Symbol.asyncDispose]: async () => {},
  };
}

test('creates are counted twice: in the burst, and until the last of them is settled', async () => {
  const side = sideWith(() => ({}));
  const { count, elapsed, perSecond, settledPerSecond } = await turn(side, 'create', 1, 0.02);
  expect(side.asked).toEqual(['create', 'settled']);
  expect(perSecond).toBe(count / elapsed);
  expect(settledPerSecond).toBeLessThanOrEqual(count / (elapsed + LATER_MS / 1000));
});

test('CPU during the load and deferred CPU are counted apart', async () => {
  const looks = [{ kafka: 1_000_000 }, { kafka: 2_500_000 }];
  const { count, cpu, cpuAfter } = await turn(
    sideWith(() => looks.shift()!),
    'create',
    1,
    0.02,
  );
  expect(cpu['kafka']! * count).toBeCloseTo(1500);
  expect(cpuAfter * count).toBeCloseTo(500);
});

test('a turn of reads waits for no further work', async () => {
  const side = sideWith(() => ({}));
  const { perSecond, settledPerSecond } = await turn(side, 'read', 1, 0.02);
  expect(side.asked).toEqual(['read']);
  expect(settledPerSecond).toBe(perSecond);
});

test('no CPU is reported for processes that are not ours', async () => {
  const { cpu } = await turn(
    { ...sideWith(() => ({})), settled: async () => ({ at: 0, cpu: undefined }) },
    'create',
    1,
    0.02,
  );
  expect(cpu).toEqual({});
});
