import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Context } from './harness/context.ts';
import { type Idle, idleTable, watchIdle } from './harness/idle.ts';
import { type Kith, REPOSITORY } from './harness/kith.ts';
import { sampleOf } from './harness/statistics.ts';
import { UsageError, type VersusJob } from './options.ts';
import { type Figure, foreign, type Goal, measure } from './report/figure.ts';
import { commitOf } from './report/run.ts';
import { kithSide } from './sides/kith-side.ts';
import type { Job, Side } from './sides/side.ts';
import { connectionsOf, cpuOf, ratio, sideBySide, turnsTable } from './sides/side-by-side.ts';
import type { Turn } from './sides/turn.ts';

const [HERE, THERE] = ['here', 'there'];
/** "Not slower by more than 3 %." */
const NOT_SLOWER: Goal = { atLeast: 0.97 };
const NOT_DEARER: Goal = { atMost: 1.03 };

/** Measures this checkout and another in turns, each with a system of its own. */
export async function versus(
  { here, there, against }: { readonly here: Kith; readonly there: Kith; readonly against: string },
  jobs: readonly VersusJob[],
  context: Context,
): Promise<Figure[]> {
  await using resources = new AsyncDisposableStack();
  const between = `here (${commitOf(REPOSITORY)}) over there (${against}, ${commitOf(against)})`;
  const figures: Figure[] = [];
  // Idling comes first, before either system has handled a request.
  if (jobs.includes('idle')) figures.push(await idling([here, there], between, context));
  const asked = jobs.filter((job) => job !== 'idle');
  if (asked.length === 0) return figures;
  const most = Math.max(...context.connections);
  const sides = [resources.use(await kithSide(HERE, here, most)), resources.use(await kithSide(THERE, there, most))];
  for (const job of asked) figures.push(await side(job, sides, between, context));
  return figures;
}

async function side(job: Job, sides: readonly Side[], between: string, context: Context): Promise<Figure> {
  const compared = await sideBySide(sides, job, context);
  return {
    id: `versus ${job}`,
    what: between,
    measures: compared.flatMap((one) => {
      const over = (what: string, valueOf: (turn: Turn) => number, goal?: Goal) =>
        measure(`${connectionsOf(one.connections)}, ${what}`, ratio(one, HERE, THERE, valueOf), goal);
      return [
        over('/s', ({ perSecond }) => perSecond, NOT_SLOWER),
        ...(job === 'create' ? [over('/s until settled', ({ settledPerSecond }) => settledPerSecond, NOT_SLOWER)] : []),
        over('CPU of a request', cpuOf, NOT_DEARER),
        over('p99', ({ p99 }) => p99),
      ];
    }),
    table: turnsTable(compared, job),
    ...foreign(compared.flatMap(({ rounds }) => rounds)),
  };
}

async function idling(systems: readonly [Kith, Kith], between: string, context: Context): Promise<Figure> {
  const [here, there] = (await watchIdle(systems, context)) as [Idle, Idle];
  const windows = here.everything.rounds.map((value, n) => value / there.everything.rounds[n]!);
  return {
    id: 'versus idle',
    what: between,
    measures: [measure('CPU of everything', sampleOf(...windows), NOT_DEARER)],
    table: idleTable({ [HERE]: here, [THERE]: there }),
  };
}

/** Throws a sentence when a folder is no checkout that can be started. */
export function refuseOthers(folder: string): void {
  const manifest = join(folder, 'package.json');
  const { name } = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string }) : {};
  if (name !== 'kith') throw new UsageError(`--against: ${folder} is no checkout of Kith.`);
  if (!existsSync(join(folder, 'node_modules'))) {
    throw new UsageError(`--against: ${folder} has no node_modules; run npm ci there.`);
  }
}
