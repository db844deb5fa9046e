import { join } from 'node:path';

import { type Context, type Figure, foreign } from '../harness/figure.ts';
import { eachRound, interleave } from '../harness/interleave.ts';
import { closedLoop, type HttpClient, httpClient } from '../harness/load.ts';
import { loadContacts } from '../harness/million.ts';
import { NAMES } from '../harness/people.ts';
import { startExplaining } from '../harness/plan.ts';
import { quantile } from '../harness/statistics.ts';
import type { System } from '../harness/system.ts';

const DEPTH = 0.95;
const PAGE = 15;
const LARGEST_PAGE = 100;
const SEARCHES = 100;

type Page = { readonly data: readonly object[]; readonly meta: { readonly next_cursor?: string | null } };
type Query = Readonly<Record<string, string | number>>;
type Ask = (query: Query) => Promise<Page>;

/** G5 and G6: the list of a million, by the page and by search, through the gateway. */
export async function search(system: System, context: Context): Promise<Figure[]> {
  await using gateway = httpClient(system.gatewayUrl, 4);
  const ask = asker(gateway, system);
  const missing = await missingOf(ask);
  if (missing) return [{ goal: 'G5, G6', what: missing, values: {} }];

  const { workspaceId, listId, databases } = system;
  await loadContacts({ ...context, workspaceId, listId, databaseUrl: databases.contacts });
  const pages = await paging(ask, context);
  const searches = await searching(ask, context);

  const explain = await startExplaining(databases.contacts, join(system.home, 'postgres/postgres.log'));
  const explained = async (what: string, query: Query) =>
    `${what}:\n${await explain(() => ask({ per_page: PAGE, ...query }))}`;
  const pagePlans = [
    await explained('page 1', {}),
    await explained('the deep page by cursor', { cursor: pages.cursor }),
  ];
  const searchPlan = await explained(`the slowest search, ${JSON.stringify(searches.slowest)}`, {
    search: searches.slowest,
  });
  return [
    { ...pages.figure, text: pagePlans.join('\n') },
    { ...searches.figure, text: searchPlan },
  ];
}

function asker(gateway: HttpClient, { listId, token }: System): Ask {
  const headers = { authorization: `Bearer ${token}` };
  return async (query) => {
    const text = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const path = `/api/v1/contact-lists/${listId}/contacts?${text.toString()}`;
    return JSON.parse(await gateway.send({ method: 'GET', path, headers })) as Page;
  };
}

async function missingOf(ask: Ask): Promise<string | undefined> {
  try {
    const { meta } = await ask({ search: 'nobody' });
    return 'next_cursor' in meta ? undefined : 'not measured: the answer names no meta.next_cursor';
  } catch (error) {
    return `not measured: ${(error as Error).message}`;
  }
}

async function paging(ask: Ask, context: Context): Promise<{ figure: Figure; cursor: string }> {
  const page = Math.floor((context.contacts * DEPTH) / PAGE);
  context.say(`paging: walking to page ${page} by cursor`);
  const cursor = await walkTo(ask, Math.floor((context.contacts * DEPTH) / LARGEST_PAGE));
  const leg = (query: Query) => () => closedLoop(1, context.seconds, () => ask({ per_page: PAGE, ...query }));
  const rounds = await interleave({ first: leg({}), deep: leg({ cursor }), numbered: leg({ page }) }, context);
  const figure: Figure = {
    goal: 'G6',
    what: `a page of ${PAGE} at ${DEPTH * 100} % of ${context.contacts} contacts by cursor: p50 over page 1's`,
    ratio: eachRound(rounds, ({ deep, first }) => deep.p50 / first.p50),
    target: '≤ 1.5',
    values: {
      'page 1 p50, ms': eachRound(rounds, ({ first }) => first.p50).median,
      'page 1 p99, ms': eachRound(rounds, ({ first }) => first.p99).median,
      'deep page by cursor p50, ms': eachRound(rounds, ({ deep }) => deep.p50).median,
      'deep page by cursor p99, ms': eachRound(rounds, ({ deep }) => deep.p99).median,
      [`page=${page} p50, ms`]: eachRound(rounds, ({ numbered }) => numbered.p50).median,
    },
    ...foreign(rounds),
  };
  return { figure, cursor };
}

async function walkTo(ask: Ask, pages: number): Promise<string> {
  let cursor: string | undefined;
  for (let n = 0; n < pages; n++) {
    const { meta } = await ask({ per_page: LARGEST_PAGE, ...(cursor && { cursor }) });
    if (!meta.next_cursor) throw new Error(`The list ends after ${n} pages of ${LARGEST_PAGE}.`);
    cursor = meta.next_cursor;
  }
  return cursor ?? '';
}

/** Each term once for each round, in turn; a term's time is the middle one of its rounds. */
async function searching(ask: Ask, context: Context): Promise<{ figure: Figure; slowest: string }> {
  const terms = mixedTerms(context.contacts);
  const times = new Map<string, number[]>(terms.map((term) => [term, []]));
  for (let round = 0; round <= context.rounds; round++) {
    for (const term of terms) {
      const start = performance.now();
      await ask({ search: term, per_page: PAGE });
      if (round > 0) times.get(term)?.push(performance.now() - start);
    }
    context.say(`  searches: round ${round} of ${context.rounds}`);
  }
  const typical = [...times].map(([term, all]) => ({ term, ms: quantile(all, 0.5) }));
  const slowest = typical.reduce((a, b) => (b.ms > a.ms ? b : a));
  const all = [...times.values()].flat();
  const figure: Figure = {
    goal: 'G5',
    what: `${terms.length} mixed searches among ${context.contacts} contacts, one client (goal: p99 under 50 ms)`,
    values: {
      'p50, ms': quantile(all, 0.5),
      'p99, ms': quantile(all, 0.99),
      'the slowest term, ms': slowest.ms,
    },
  };
  return { figure, slowest: slowest.term };
}

/** What people type: names whole and in part, addresses, digits of phones, what nobody is called. The same terms in every run. */
function mixedTerms(contacts: number): readonly string[] {
  const { first, last } = NAMES;
  const kinds: readonly ((n: number) => string)[] = [
    (n) => first[n % first.length]!,
    (n) => last[n % last.length]!,
    (n) => `${first[n % first.length]!} ${last[(n * 7) % last.length]!}`,
    (n) => last[n % last.length]!.slice(0, 3).toLowerCase(),
    (n) => String(1_000_000 + ((n * 7919) % contacts)),
    (n) => `+1415${String((n * 104_729) % contacts).padStart(7, '0')}`,
    (n) => `555-${n}`,
    (n) => `example.${n % 2 ? 'com' : 'org'}`,
    (n) => `nobody ${n}`,
    (n) => first[n % first.length]!.slice(0, 2),
  ];
  return [
    ...new Set(
      Array.from({ length: SEARCHES * 2 }, (_, n) => kinds[n % kinds.length]!(Math.floor(n / kinds.length) * 3 + n)),
    ),
  ].slice(0, SEARCHES);
}
