import { type Figure, type Measure, type Table, verdictOf } from './figure.ts';
import { historyTable } from './history.ts';
import { goalText, number, percent, quartiles } from './numbers.ts';
import type { Report, Run } from './run.ts';

/** The section "The last run" of docs/performance.md, and the row to add to its history. */
export function toMarkdown(report: Report): string {
  const { at, commit, conditions, runs } = report;
  const parts = [
    `${dayOf(at)}, commit ${commit}, ${conditions}.`,
    ...runs.flatMap(section),
    'The row for the history:',
    toTable(historyTable(report)),
  ];
  return `${parts.join('\n\n')}\n`;
}

export const dayOf = (at: string): string =>
  new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });

const section = ({ command, figures }: Run): string[] => [`### \`${command}\``, ...figures.flatMap(figure)];

function figure({ id, what, measures, table, note, foreignCpu }: Figure): string[] {
  const others = foreignCpu && `Others had ${percent(foreignCpu.median)} of the cores.`;
  return [
    `**${id}** ${what}`,
    ...(measures.length > 0 ? [toTable([['', 'median', 'quartiles', 'goal', ''], ...measures.map(row)])] : []),
    ...(table ? [toTable(table)] : []),
    ...(note || others ? [[note, others].filter(Boolean).join(' ')] : []),
  ];
}

function row(measure: Measure): string[] {
  const { name, sample, goal } = measure;
  const spread = sample.rounds.length > 1 ? quartiles(sample) : '';
  return [name, number(sample.median), spread, goal ? goalText(goal) : '', verdictOf(measure) ?? ''];
}

function toTable([head = [], ...rows]: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
