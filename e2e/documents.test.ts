import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';

const repository = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(repository, path), 'utf8');

/** Reads the files from a line of prose, each with the quoted test titles behind it. */
const citations = (text: string) =>
  [...text.matchAll(/`([^`\s]+\.test\.ts)`((?:,? "[^"]+")+)/g)].map(([, file = '', titles = '']) => ({
    file,
    titles: [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
  }));

test('every test that docs/security.md names exists under its title', () => {
  const cited = citations(read('docs/security.md'));
  expect(cited.length).toBeGreaterThan(10);
  for (const { file, titles } of cited) {
    const source = read(file);
    for (const title of titles) expect(source.includes(title) ? title : `${file} has no test "${title}"`).toBe(title);
  }
});

test('every file on the maps of docs/architecture.md exists', () => {
  const [, maps = ''] = read('docs/architecture.md').split('### One request through the files');
  const files = [...maps.matchAll(/`((?:apps|packages)\/[^`\s]+\.ts)`/g)].map(([, file = '']) => file);
  expect(files.length).toBeGreaterThan(25);
  expect(files.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
});
