import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';

import { sampleOf } from '../harness/statistics.ts';
import { measure } from './figure.ts';
import { historyTable } from './history.ts';
import { toMarkdown } from './markdown.ts';
import { readReports, type Report, type Run, writeReport } from './run.ts';
import { toText } from './text.ts';

const folder = mkdtempSync(join(tmpdir(), 'kith-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const create: Run = {
  command: 'npm run bench -- create',
  figures: [
    {
      id: 'G2',
      what: 'contacts created',
      measures: [
        measure('over the raw append, in bursts', sampleOf(0.5, 0.51, 0.52), { atLeast: 0.5 }),
        measure('gateway, 201/s', sampleOf(1234.5)),
        measure('CPU, µs', sampleOf(NaN)),
      ],
      table: [
        ['create, connections', '/s'],
        ['8, kith | here', '749'],
      ],
      foreignCpu: sampleOf(0.02),
    },
  ],
};
const load: Run = {
  command: 'npm run bench -- load',
  figures: [
    {
      id: 'creates',
      what: 'contacts created, closed loop',
      measures: [measure('1 connection, /s', sampleOf(357)), measure('32 connections, /s', sampleOf(1060))],
      note: 'No peer.',
    },
  ],
};
const report = (...runs: Run[]): Report => ({
  at: '2026-11-24T23:59:00.000Z',
  commit: '729318c',
  conditions: 'Node v24, 2 cores, 7 rounds of 4 s',
  runs,
});

test('the terminal shows median, quartiles, the goal and whether it is met', () => {
  const text = toText(create.figures[0]!);
  expect(text).toContain('0.51 (0.505 to 0.515)   goal ≥ 0.5: met   rounds 0.5 0.51 0.52');
  expect(text).toMatch(/gateway, 201\/s +1,235$/m);
  expect(text).toMatch(/CPU, µs +–$/m);
});

describe('the document', () => {
  const text = toMarkdown(report(create, load));

  test('names the day, the commit, the conditions, and the command of each number', () => {
    expect(text).toMatch(/^24 November 2026, commit 729318c, Node v24, 2 cores, 7 rounds of 4 s\.$/m);
    expect(text).toMatch(/^### `npm run bench -- create`$/m);
  });

  test('has a row for each measure, with its goal and whether it is met', () => {
    expect(text).toContain('| over the raw append, in bursts | 0.51 | 0.505 to 0.515 | ≥ 0.5 | met |');
    expect(text).toContain('| gateway, 201/s | 1,235 |  |  |  |');
  });

  test('keeps a bar in a cell from ending it', () => {
    expect(text).toContain('| 8, kith \\| here | 749 |');
  });

  test('says how much of the machine other processes took', () => {
    expect(text).toContain('Others had 2 % of the cores.');
  });
});

test('the history in docs/performance.md has the columns that the bench prints', () => {
  const [head = []] = historyTable(report());
  const documented = readFileSync(join(import.meta.dirname, '../../../docs/performance.md'), 'utf8');
  expect(documented).toContain(`| ${head.join(' | ')} |`);
});

test('the history has a cell for each figure it follows, and a dash for what was not measured', () => {
  const [head, row] = historyTable(report(create, load));
  const cell = (title: string) => row![head!.indexOf(title)];
  expect(cell('day')).toBe('2026-11-24');
  expect(cell('commit')).toBe('729318c');
  expect(cell('creates/s at 1 / 8 / 32')).toBe('357 / – / 1,060');
  expect(cell('G2 in bursts / settled')).toBe('0.51 / –');
  expect(cell('idle CPU, % of a core')).toBe('–');
});

describe('report files', () => {
  const file = (name: string, content: Report) => {
    const path = join(folder, name);
    writeReport(path, content);
    return path;
  };

  test('of several runs become one document', () => {
    const read = readReports([file('create.json', report(create)), file('load.json', report(load))]);
    expect(toMarkdown(read)).toBe(toMarkdown(report(create, load)));
  });

  test('of different commits are refused', () => {
    const other = file('other.json', { ...report(load), commit: 'abcdef0' });
    expect(() => readReports([file('one.json', report(create)), other])).toThrow('729318c, abcdef0');
  });

  test('that are no reports are refused by name', () => {
    const path = join(folder, 'none.json');
    writeReport(path, { ...report(), runs: 'none' as never });
    expect(() => readReports([path])).toThrow(`${path} is no report of this bench.`);
  });
});
