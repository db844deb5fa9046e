import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import { z } from 'zod';

import type { Figure } from './figure.ts';

/** The figures of one command. */
export type Run = { readonly command: string; readonly figures: readonly Figure[] };

/** Figures with their place and time. Without those they are worth little. */
export type Report = {
  readonly at: string;
  readonly commit: string;
  /** The machine and the length of the rounds. */
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

/** The commit, marked when the checkout has uncommitted changes. */
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

/** Merges the reports of several runs, because goals may be measured one at a time. */
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

/** JSON has no NaN, so a missing measurement is null in a file. */
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
