import { type Figure, type Measure, type Table, verdictOf } from './figure.ts';
import { goalText, number, percent, quartiles } from './numbers.ts';

/** A figure as the terminal shows it. */
export function toText({ id, what, measures, table, note, foreignCpu, text }: Figure): string {
  const lines = [
    ...measures.map(line),
    ...(table ? aligned(table) : []),
    ...(note ? [note] : []),
    ...(foreignCpu
      ? [`others had ${percent(foreignCpu.median)} (${quartiles(foreignCpu, percent)}) of the cores`]
      : []),
    ...(text?.trimEnd().split('\n') ?? []),
  ];
  return [`${id}  ${what}`, ...lines.map((one) => `      ${one}`), ''].join('\n');
}

function line(measure: Measure): string {
  const { name, sample, goal } = measure;
  const { median, rounds } = sample;
  const spread = rounds.length > 1 ? ` (${quartiles(sample)})` : '';
  const verdict = goal ? `   goal ${goalText(goal)}: ${verdictOf(measure) ?? 'not measured'}` : '';
  const each = goal && rounds.length > 1 ? `   rounds ${rounds.map(number).join(' ')}` : '';
  return `${name.padEnd(46)} ${number(median)}${spread}${verdict}${each}`;
}

/** Aligns the first column to the left and the others to the right. */
export function aligned(table: Table): readonly string[] {
  const widths = (table[0] ?? []).map((_, n) => Math.max(...table.map((row) => (row[n] ?? '').length)));
  return table.map((row) =>
    row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]!) : cell.padStart(widths[n]!))).join('  '),
  );
}
