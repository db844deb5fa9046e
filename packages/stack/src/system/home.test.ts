import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { openHome } from './home.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'kith home '));
});
afterEach(() => rmSync(parent, { recursive: true }));

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
const open = (folder: string) => openHome(folder, false, () => {});

test('a new data folder is closed to others', async () => {
  using home = await open(join(parent, 'new'));
  expect(modeOf(home.folder)).toBe('700');
});

test('a data folder of an earlier start is closed to others too', async () => {
  const folder = join(parent, 'earlier');
  mkdirSync(folder);
  writeFileSync(join(folder, 'keys.json'), '{}');
  chmodSync(folder, 0o755);
  using home = await open(folder);
  expect(modeOf(home.folder)).toBe('700');
});

test('an empty folder is used, and closed to others', async () => {
  const folder = join(parent, 'empty');
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  using home = await open(folder);
  expect(modeOf(home.folder)).toBe('700');
});

test('a folder with other files is neither closed nor used', async () => {
  const folder = join(parent, 'shared');
  mkdirSync(folder);
  writeFileSync(join(folder, 'thesis.txt'), 'not ours');
  chmodSync(folder, 0o755);
  await expect(open(folder)).rejects.toThrow(`${folder} holds other files. Give Kith a folder of its own: KITH_HOME=…`);
  expect(modeOf(folder)).toBe('755');
});
