import { expect, test } from '@jest/globals';

import { murmur2, partitionOf } from './partition.ts';

// The vectors of Kafka's own UtilsTest.testMurmur2.
test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
])('%s hashes as it does in the Java client', (key, hash) => {
  expect(murmur2(Buffer.from(key))).toBe(hash);
});

test('bytes above 127 and every length of the tail hash as they do in the Java client', () => {
  expect(murmur2(Buffer.from('abc'))).toBe(479470107);
  expect(murmur2(Buffer.from([0x61, 0xff, 0x80]))).toBe(javaMurmur2([0x61, 0xff, 0x80]));
  expect(murmur2(Buffer.from([0xff, 0xfe, 0x80, 0x81, 0x9c]))).toBe(javaMurmur2([0xff, 0xfe, 0x80, 0x81, 0x9c]));
});

test('a key always has the same one of the partitions', () => {
  const partitions = Array.from({ length: 1_000 }, (_, id) => partitionOf(String(id), 12));
  expect(new Set(partitions)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
  expect(partitionOf('21', 12)).toBe((-973932308 & 0x7fffffff) % 12);
});

/** The Java source, line by line, in integers of arbitrary size cut to 32 bits. */
function javaMurmur2(data: readonly number[]): number {
  const int = (value: bigint) => BigInt.asIntN(32, value);
  const shift = (value: bigint, by: bigint) => BigInt.asUintN(32, value) >> by;
  const byte = (at: number) => BigInt(data[at]!);
  const m = 0x5bd1e995n;
  let h = int(0x9747b28cn ^ BigInt(data.length));
  const length4 = Math.floor(data.length / 4);
  for (let i = 0; i < length4; i++) {
    let k = int(byte(i * 4) + (byte(i * 4 + 1) << 8n) + (byte(i * 4 + 2) << 16n) + (byte(i * 4 + 3) << 24n));
    k = int(k * m);
    k = int(k ^ shift(k, 24n));
    k = int(k * m);
    h = int(h * m);
    h = int(h ^ k);
  }
  const rest = data.length % 4;
  if (rest === 3) h = int(h ^ (byte(length4 * 4 + 2) << 16n));
  if (rest >= 2) h = int(h ^ (byte(length4 * 4 + 1) << 8n));
  if (rest >= 1) h = int(int(h ^ byte(length4 * 4)) * m);
  h = int(h ^ shift(h, 13n));
  h = int(h * m);
  return Number(int(h ^ shift(h, 15n)));
}
