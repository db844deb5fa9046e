import { type Ask, PAGE, type Query } from '../harness/contact-pages.ts';
import type { Context } from '../harness/context.ts';
import { eachRound, interleave } from '../harness/interleave.ts';
import { closedLoop } from '../harness/load.ts';
import { type Figure, foreign, measure } from '../report/figure.ts';

const DEPTH = 0.95;
const LARGEST_PAGE = 100;

/** G6: a page far down the list by its cursor, compared with the first page. */
export async function paging(ask: Ask, context: Context): Promise<{ figure: Figure; cursor: string }> {
  const page = Math.floor((context.contacts * DEPTH) / PAGE);
  context.say(`paging: walking to page ${page} by cursor`);
  const cursor = await walkTo(ask, Math.floor((context.contacts * DEPTH) / LARGEST_PAGE));
  const leg = (query: Query) => () => closedLoop(1, context.seconds, () => ask(query));
  const rounds = await interleave({ first: leg({}), deep: leg({ cursor }), numbered: leg({ page }) }, context);
  const figure: Figure = {
    id: 'G6',
    what: `a page of ${PAGE} at ${DEPTH * 100} % of ${context.contacts} contacts by cursor`,
    measures: [
      measure(
        "p50 over page 1's",
        eachRound(rounds, ({ deep, first }) => deep.p50 / first.p50),
        { atMost: 1.5 },
      ),
      measure(
        'page 1 p50, ms',
        eachRound(rounds, ({ first }) => first.p50),
      ),
      measure(
        'page 1 p99, ms',
        eachRound(rounds, ({ first }) => first.p99),
      ),
      measure(
        'deep page by cursor p50, ms',
        eachRound(rounds, ({ deep }) => deep.p50),
      ),
      measure(
        'deep page by cursor p99, ms',
        eachRound(rounds, ({ deep }) => deep.p99),
      ),
      measure(
        `page=${page} p50, ms`,
        eachRound(rounds, ({ numbered }) => numbered.p50),
      ),
    ],
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
