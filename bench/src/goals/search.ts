import { join } from 'node:path';

import { type Ask, asker } from '../harness/contact-pages.ts';
import type { Context } from '../harness/context.ts';
import { eachRound, interleave } from '../harness/interleave.ts';
import { httpClient } from '../harness/load.ts';
import { loadContacts } from '../harness/million.ts';
import { startExplaining } from '../harness/plan.ts';
import { type Replay, replayOf } from '../harness/replay.ts';
import { quantile } from '../harness/statistics.ts';
import type { System } from '../harness/system.ts';
import { HARDEST, mixedTerms } from '../harness/terms.ts';
import { type Figure, foreign, measure } from '../report/figure.ts';
import { paging } from './paging.ts';

const SORTS = ['name', 'email', 'phone', 'created_at'].flatMap((sort) =>
  ['asc', 'desc'].map((order) => ({ sort, order })),
);
/** Takes two terms of each kind for each sort. */
const SORTED_EVERY = 5;

type Search = { readonly key: string; readonly kind: string; readonly ask: () => Promise<unknown> };

/** G5 and G6: pages and searches of a list of a million contacts, through the gateway. */
export async function search(system: System, context: Context): Promise<Figure[]> {
  await using gateway = httpClient(system.gatewayUrl, 4);
  const ask = asker(gateway, system);
  const { workspaceId, listId, databases } = system;
  const log = join(system.home, 'postgres/postgres.log');
  await loadContacts({ ...context, workspaceId, listId, databaseUrl: databases.contacts });
  const pages = await paging(ask, context);

  const sets = searchesOf(ask, context.contacts);
  context.say('search: reading from the server which statements the searches are');
  const all = Object.values(sets).flat();
  await using replay = await replayOf(databases.contacts, log, new Map(all.map(({ key, ask: put }) => [key, put])));
  const compared = [];
  for (const [what, searches] of Object.entries(sets)) compared.push(await compare(what, searches, replay, context));
  const slowest = compared[0]!.slowest;

  const explain = await startExplaining(databases.contacts, log);
  const explained = async (what: string, request: () => Promise<unknown>) => `${what}:\n${await explain(request)}`;
  const pagePlans = [
    await explained('page 1', () => ask({})),
    await explained('the deep page by cursor', () => ask({ cursor: pages.cursor })),
  ];
  const searchPlan = await explained(`the slowest search, ${slowest.key}`, slowest.ask);
  return [
    { ...pages.figure, text: pagePlans.join('\n') },
    ...compared.map(({ figure }, n) => (n === 0 ? { ...figure, text: `${figure.text}\n${searchPlan}` } : figure)),
  ];
}

function searchesOf(ask: Ask, contacts: number): Readonly<Record<string, readonly Search[]>> {
  const terms = mixedTerms(contacts);
  const inList = terms.map(({ kind, term }) => ({ key: term, kind, ask: () => ask({ search: term }) }));
  const everywhere = terms.map(({ kind, term }) => ({
    key: `${term} of all`,
    kind,
    ask: () => ask({ search: term }, true),
  }));
  const sorted = SORTS.flatMap(({ sort, order }) =>
    terms
      .filter((_, n) => n % SORTED_EVERY === 0)
      .map(({ term }) => ({
        key: `${term} by ${sort} ${order}`,
        kind: `by ${sort} ${order}`,
        ask: () => ask({ search: term, sort, order }),
      })),
  );
  const hardest = [{ key: HARDEST.term, kind: HARDEST.kind, ask: () => ask({ search: HARDEST.term }) }];
  return {
    [`${inList.length} mixed searches of a list`]: inList,
    [`${everywhere.length} mixed searches of a workspace`]: everywhere,
    [`${sorted.length} searches of a list, the four sorts both ways`]: sorted,
    [HARDEST.kind]: hardest,
  };
}

/** One client makes each search once a round in two ways: through the gateway, and by running its statements with node-postgres. */
async function compare(what: string, searches: readonly Search[], replay: Replay, context: Context) {
  const ours = timer(searches, (one) => one.ask());
  const floor = timer(searches, (one) => replay.run(one.key));
  context.say(`search: ${what}`);
  const rounds = await interleave({ ours: ours.leg, floor: floor.leg }, context);
  const figure: Figure = {
    id: 'G5',
    what: `${what}, among ${context.contacts} contacts, one client, beside the same SQL by node-postgres`,
    measures: [
      measure(
        "p99 over the SQL's",
        eachRound(rounds, (measured) => measured.ours.p99 / measured.floor.p99),
        {
          atMost: 2,
        },
      ),
      ...(['p50', 'p99', 'max'] as const).flatMap((name) => [
        measure(
          `gateway ${name}, ms`,
          eachRound(rounds, (measured) => measured.ours[name]),
          name === 'p99' ? { atMost: 50 } : undefined,
        ),
        measure(
          `SQL ${name}, ms`,
          eachRound(rounds, (measured) => measured.floor[name]),
        ),
      ]),
    ],
    text: byKind(searches, ours.times, floor.times),
    ...foreign(rounds),
  };
  const slowest = searches.reduce((a, b) => (typical(ours.times, b) > typical(ours.times, a) ? b : a));
  return { figure, slowest };
}

type Times = ReadonlyMap<string, readonly number[]>;

function timer(searches: readonly Search[], run: (search: Search) => Promise<unknown>) {
  const times = new Map<string, number[]>(searches.map(({ key }) => [key, []]));
  const leg = async () => {
    const round: number[] = [];
    for (const search of searches) {
      const start = performance.now();
      await run(search);
      const took = performance.now() - start;
      round.push(took);
      times.get(search.key)?.push(took);
    }
    return { p50: quantile(round, 0.5), p99: quantile(round, 0.99), max: Math.max(...round) };
  };
  return { leg, times };
}

/** The median round of a search. */
const typical = (times: Times, { key }: Search) => quantile(times.get(key) ?? [], 0.5);

function byKind(searches: readonly Search[], ours: Times, floor: Times): string {
  const kinds = Map.groupBy(searches, ({ kind }) => kind);
  const row = (...cells: readonly string[]) =>
    cells.map((cell, n) => (n === 0 ? cell.padEnd(30) : cell.padStart(12))).join('');
  const lines = [...kinds].map(([kind, all]) => {
    const cells = [ours, floor].flatMap((times) => {
      const middle = all.map((one) => typical(times, one));
      return [quantile(middle, 0.5), Math.max(...middle)].map((ms) => ms.toFixed(1));
    });
    return row(kind, ...cells);
  });
  return [row('ms', 'gateway p50', 'slowest', 'SQL p50', 'slowest'), ...lines].join('\n');
}
