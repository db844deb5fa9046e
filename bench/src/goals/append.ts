import { emmettAppend, kithAppend, POOL } from '../harness/append.ts';
import type { Context } from '../harness/context.ts';
import { eachRound, interleave, type Rounds } from '../harness/interleave.ts';
import { closedLoop, type Load } from '../harness/load.ts';
import type { System } from '../harness/system.ts';
import { type Figure, foreign, measure } from '../report/figure.ts';
import { connectionsOf } from '../sides/side-by-side.ts';

/** G7: our store appends first events to new streams and writes the aggregate's row, compared with emmett-postgresql. */
export async function append({ databases }: System, context: Context): Promise<Figure[]> {
  await using resources = new AsyncDisposableStack();
  const ours = resources.use(await kithAppend(databases.contacts));
  const emmett = resources.use(await emmettAppend(databases.contacts));
  const all: { workers: number; rounds: Rounds<'ours' | 'emmett', Load> }[] = [];
  for (const workers of context.connections) {
    context.say(`append: ${connectionsOf(workers)}`);
    const rounds = await interleave(
      {
        ours: () => closedLoop(workers, context.seconds, ours.append),
        emmett: () => closedLoop(workers, context.seconds, emmett.append),
      },
      context,
    );
    all.push({ workers, rounds });
  }
  return [
    {
      id: 'G7',
      what: `events appended to new streams, callers at once over a pool of ${POOL}: our store over emmett-postgresql`,
      measures: all.flatMap(({ workers, rounds }) => [
        measure(
          `${workers} at once, over emmett's`,
          eachRound(rounds, (m) => m.ours.perSecond / m.emmett.perSecond),
          { atLeast: 1.5 },
        ),
        measure(
          `${workers} at once, appends/s`,
          eachRound(rounds, (m) => m.ours.perSecond),
        ),
        measure(
          `${workers} at once, emmett's appends/s`,
          eachRound(rounds, (m) => m.emmett.perSecond),
        ),
      ]),
      ...foreign(all.flatMap(({ rounds }) => rounds)),
    },
  ];
}
