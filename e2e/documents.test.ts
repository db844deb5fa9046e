import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

const repository = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(repository, path), 'utf8');

/** The files in a line of prose, each with the test titles in quotes behind it. */
const citations = (text: string) =>
  [...text.matchAll(/`([^`\s]+\.test\.ts)`((?:,? "[^"]+")+)/g)].map(([, file = '', titles = '']) => ({
    file,
    titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
  }));

test('every test that docs/security.md names exists under that title', () => {
  const cited = citations(read('docs/security.md'));
  expect(cited.length).toBeGreaterThan(10);
  for (const { file, titles } of cited) {
    const source = read(file);
    for (const title of titles) expect(source.includes(title) ? title : `${file} has no test "${title}"`).toBe(title);
  }
});
