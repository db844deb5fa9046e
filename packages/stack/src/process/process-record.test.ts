import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { identify, isAlive } from './process-id.ts';
import { endOrphans, processRecord } from './process-record.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kith-record-'));
  file = join(folder, 'processes.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function startOrphan(script = 'setInterval(() => {}, 1000)') {
  const child = spawn(process.execPath, ['-e', `${script}; console.log('up')`], { detached: true });
  await once(child.stdout, 'data');
  return identify(child.pid!)!;
}

test('the next start ends and names the processes that a killed start left running', async () => {
  const orphan = await startOrphan();
  processRecord(file).add('contacts-service', orphan.pid);

  const lines: string[] = [];
  await endOrphans(file, (line) => lines.push(line));
  expect(isAlive(orphan)).toBe(false);
  expect(lines).toEqual([`Ending processes that an earlier start left running: contacts-service (${orphan.pid})`]);
});

test('a process that merely reuses a recorded number is left alone', async () => {
  const stranger = await startOrphan();
  writeFileSync(file, JSON.stringify({ kafka: { ...stranger, started: 'long ago' } }));
  await endOrphans(file, () => {});
  expect(isAlive(stranger)).toBe(true);
  process.kill(stranger.pid, 'SIGKILL');
});

test('the record holds the current number of each process', async () => {
  const [first, second] = [await startOrphan(), await startOrphan()];
  const record = processRecord(file);
  record.add('kafka', first.pid);
  record.add('kafka', second.pid);
  record.add('postgres', undefined);
  expect(record.pids()).toEqual({ kafka: second.pid });
  record.kill();
  process.kill(first.pid, 'SIGKILL');
});
