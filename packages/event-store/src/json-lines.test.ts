import { PassThrough, Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

import { expect, test } from '@jest/globals';
import { z } from 'zod';

import { readLines, writeLines } from './json-lines.ts';

const read = (lines: string, batch?: number) =>
  Array.fromAsync(readLines(Readable.from([lines]), z.strictObject({ n: z.int() }), batch));

test('lines are read so many at a time, the last without its end, empty ones left out', async () => {
  expect(await read('{"n":1}\n\n{"n":2}\r\n{"n":3}', 2)).toEqual([[{ n: 1 }, { n: 2 }], [{ n: 3 }]]);
  expect(await read('')).toEqual([]);
});

test.each([['{"n":1}\n{"n":'], ['{"n":1}\n{"n":"1"}'], ['{"n":1}\n{"n":1,"m":2}']])(
  'a line that is not usable is named',
  async (lines) => {
    await expect(read(lines)).rejects.toThrow('Line 2 is not usable.');
  },
);

test('lines are read back as they were written, whatever line breaks they hold', async () => {
  const output = new PassThrough();
  await writeLines(output, [{ text: 'one\ntwo\r\n' }, { text: '' }]);
  await writeLines(output, []);
  await writeLines(output, [{ text: 'last' }]);
  output.end();
  const lines = readLines(Readable.from([await text(output)]), z.strictObject({ text: z.string() }));
  expect((await Array.fromAsync(lines)).flat()).toEqual([{ text: 'one\ntwo\r\n' }, { text: '' }, { text: 'last' }]);
});

test('a line that could not be written is a failure', async () => {
  const full = new Writable({ write: (_, __, done) => done(new Error('No space left')) });
  full.on('error', () => {});
  await expect(writeLines(full, [{}])).rejects.toThrow('No space left');
});
