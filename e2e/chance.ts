import { randomInt } from 'node:crypto';

/** Random numbers that repeat with the same seed. `KITH_SEED` repeats a run. */
export function chance(what: string): (below: number) => number {
  let state = Number(process.env['KITH_SEED'] ?? randomInt(2 ** 31));
  process.stderr.write(`${what}: KITH_SEED=${state}\n`);
  // mulberry32
  return (below) => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return (((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * below;
  };
}
