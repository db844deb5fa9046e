import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import { z } from 'zod';

import type { Figure } from './figure.ts';

/** The figures of one command. */
export type Run = { readonly command: string; readonly figures: readonly Figure[] };

/** Figures with the place and time they were taken: they are worth little without. */
export type Report = {
  readonly at: string;
  readonly commit: string;
  /** The machine, and how much of its time the figures are from. */
  readonly conditions: string;
  readonly runs: readonly Run[];
};

export const reportOf = (
  runs: readonly Run[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
  repository: string,
): Report => ({
  at: new Date().toISOString(),
  commit: commitOf(repository),
  conditions: `Node ${process.version}, ${availableParallelism()} cores, ${rounds} rounds of ${seconds} s`,
  runs,
});

/** Marked where the checkout has changes of its own. */
export function commitOf(repository: string): string {
  try {
    const args = ['-C', repository, 'describe', '--always', '--dirty', '--abbrev=7', '--exclude=*'];
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'no commit';
  }
}

export const writeReport = (path: string, report: Report): void =>
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);

/** Reports of several runs as one: goals may be measured one at a time. */
export function readReports(paths: readonly string[]): Report {
  const reports = paths.map((path) => {
    const { data, error } = report.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (error) throw new Error(`${path} is no report of this bench.\n${z.prettifyError(error)}`);
    return data;
  });
  const commits = new Set(reports.map(({ commit }) => commit));
  if (commits.size > 1) throw new Error(`The reports are of different commits: ${[...commits].join(', ')}.`);
  const last = reports.at(-1);
  if (!last) throw new Error('There is no report to read.');
  return { ...last, runs: reports.flatMap(({ runs }) => runs) } as Report;
}

/** JSON has no NaN: what could not be measured is null in a file. */
const value = z
  .number()
  .nullable()
  .transform((written) => written ?? NaN);
const spread = { median: value, lower: value, upper: value };
const goal = z.union([z.object({ atLeast: z.number() }), z.object({ atMost: z.number() })]);
const report = z.object({
  at: z.string(),
  commit: z.string(),
  conditions: z.string(),
  runs: z.array(
    z.object({
      command: z.string(),
      figures: z.array(
        z.object({
          id: z.string(),
          what: z.string(),
          measures: z.array(
            z.object({
              name: z.string(),
              sample: z.object({ ...spread, rounds: z.array(value) }),
              goal: goal.optional(),
            }),
          ),
          table: z.array(z.array(z.string())).optional(),
          note: z.string().optional(),
          foreignCpu: z.object(spread).optional(),
          text: z.string().optional(),
        }),
      ),
    }),
  ),
});
