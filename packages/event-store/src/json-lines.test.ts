import { Readable } from 'node:stream';

import { expect, test } from '@jest/globals';
import { z } from 'zod';

import { readLines } from './json-lines.ts';

const read = (text: string, batch?: number) =>
  Array.fromAsync(readLines(Readable.from([text]), z.strictObject({ n: z.int() }), batch));

test('lines are read so many at a time, the last without its end, empty ones left out', async () => {
  expect(await read('{"n":1}\n\n{"n":2}\r\n{"n":3}', 2)).toEqual([[{ n: 1 }, { n: 2 }], [{ n: 3 }]]);
  expect(await read('')).toEqual([]);
});

test.each([['{"n":1}\n{"n":'], ['{"n":1}\n{"n":"1"}'], ['{"n":1}\n{"n":1,"m":2}']])(
  'a line that is not usable is named',
  async (text) => {
    await expect(read(text)).rejects.toThrow('Line 2 is not usable.');
  },
);
