import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { watchLogs } from './watch-logs.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kith-logs-'));
  file = join(folder, 'token-service.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (level: number, msg: string, more = {}) => `${JSON.stringify({ level, ...more, msg })}\n`;

test('an error in a log is reported once, and other lines are not reported', () => {
  const lines: string[] = [];
  using logs = watchLogs([file], (text) => lines.push(text));
  logs.look();
  writeFileSync(file, line(30, 'grüße') + line(50, 'publishing', { err: { message: 'no broker' } }).slice(0, 20));
  logs.look();
  expect(lines).toEqual([]);
  appendFileSync(file, line(50, 'publishing', { err: { message: 'no broker' } }).slice(20) + line(60, 'lost'));
  logs.look();
  logs.look();
  expect(lines).toEqual([`token-service: publishing: no broker, and 1 more (${file})`]);
});

test('a log that has grown too large is set aside once', () => {
  using logs = watchLogs([file], () => {});
  writeFileSync(file, line(30, 'x'.repeat(1000)).repeat(21 * 1024));
  logs.look();
  expect(statSync(file).size).toBe(0);
  expect(statSync(`${file}.1`).size).toBeGreaterThan(20_000_000);
});
