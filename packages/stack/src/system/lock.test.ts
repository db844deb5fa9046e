import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { lockHome } from './lock.ts';
import { identify } from '../process/process-id.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kith lock '));
});
afterEach(() => rmSync(home, { recursive: true }));

test('a folder in use is refused, and the error names the process and the remedy', () => {
  using _ = lockHome(home);
  expect(() => lockHome(home)).toThrow(
    `Kith already runs on ${home} (process ${process.pid}). Stop it (kill ${process.pid}), or give this one a folder of its own`,
  );
});

test('a released folder can be locked again, and no file is left', () => {
  lockHome(home)[Symbol.dispose]();
  lockHome(home)[Symbol.dispose]();
  expect(readdirSync(home)).toEqual([]);
});

test('the lock of a dead process is taken over', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  writeFileSync(join(home, 'lock'), JSON.stringify(identify(child.pid!)));
  expect(() => lockHome(home)).toThrow(`(process ${child.pid})`);

  child.kill('SIGKILL');
  await once(child, 'exit');
  using _ = lockHome(home);
  expect(readdirSync(home)).toEqual(['lock']);
});

test('a lock whose process number another process has now does not hold the folder', () => {
  writeFileSync(join(home, 'lock'), JSON.stringify({ pid: process.pid, started: 'long ago' }));
  using _ = lockHome(home);
  expect(() => lockHome(home)).toThrow('already runs');
});
