import type { Table } from './figure.ts';
import { number } from './numbers.ts';
import type { Report } from './run.ts';

/** A column of the history: ids of figures and names of their measures. */
type Column = { readonly title: string; readonly cells: readonly (readonly [id: string, measure: string])[] };

/** The columns of the history in docs/performance.md. A row added later must not need other columns. */
const COLUMNS: readonly Column[] = [
  {
    title: 'creates/s at 1 / 8 / 32',
    cells: [
      ['creates', '1 connection, /s'],
      ['creates', '8 connections, /s'],
      ['creates', '32 connections, /s'],
    ],
  },
  { title: 'until settled, 32', cells: [['creates', '32 connections, /s until settled']] },
  { title: 'CPU of a create at 1, ms', cells: [['creates', '1 connection, CPU ms']] },
  {
    title: 'reads/s at 1 / 8 / 32',
    cells: [
      ['reads', '1 connection, /s'],
      ['reads', '8 connections, /s'],
      ['reads', '32 connections, /s'],
    ],
  },
  {
    title: 'G1 alone / with the service',
    cells: [
      ['G1', 'the gateway alone, over the bare hop'],
      ['G1', 'with contacts-service, over the bare hop'],
    ],
  },
  {
    title: 'G2 in bursts / settled',
    cells: [
      ['G2', 'over the raw append, in bursts'],
      ['G2', 'over the raw append, until settled'],
    ],
  },
  {
    title: 'G4 p50 / p99, ms',
    cells: [
      ['G4', 'visible p50, ms'],
      ['G4', 'visible p99, ms'],
    ],
  },
  { title: 'idle CPU, % of a core', cells: [['idle', 'CPU of everything, % of a core']] },
  { title: 'RSS of four services, MiB', cells: [['G11', 'the four services, MiB']] },
];

export function historyTable({ at, commit, runs }: Report): Table {
  const measures = new Map(
    runs.flatMap(({ figures }) =>
      figures.flatMap(({ id, measures }) =>
        measures.map(({ name, sample }) => [`${id} ${name}`, sample.median] as const),
      ),
    ),
  );
  const cell = ({ cells }: Column) =>
    cells.map(([id, name]) => number(measures.get(`${id} ${name}`) ?? NaN)).join(' / ');
  return [
    ['day', 'commit', ...COLUMNS.map(({ title }) => title)],
    [at.slice(0, 10), commit, ...COLUMNS.map(cell)],
  ];
}
