import type { ContactPageQuery } from '@kith/contracts/contacts';
import type { Pool } from 'pg';

import type { ContactRow } from '../row.ts';
import {
  foundStatement,
  nearStatement,
  type PageShape,
  pageStatement,
  patternsOf,
  SEARCH_COUNTS_UP_TO,
  type Source,
} from './sql.ts';
import type { Cursor } from './cursor.ts';
import type { Searches } from './turns.ts';

/** A list or a workspace, and the number of its contacts. */
export type Collection = { readonly source: Source; readonly of: string | number; readonly total: number };

/** The workspace of a request, and the signal that the client has gone. */
export type Asker = { readonly workspaceId: string; readonly signal?: AbortSignal };

type PageRow = ContactRow & { readonly $key: string };
/** The contacts of a page and the next one, if any; and the total, which a search may count no further than one over its limit. */
type Found = { readonly rows: readonly PageRow[]; readonly total: number };

export async function contactRows(
  { pool, searches }: { readonly pool: Pool; readonly searches: Searches },
  { workspaceId, signal }: Asker,
  collection: Collection,
  { search, sort, order, page, perPage }: ContactPageQuery,
  after: Cursor | undefined,
): Promise<Found> {
  const { source, of, total } = collection;
  const shape: PageShape = { sort, order, after: after !== undefined };
  const first = [of, perPage + 1, after ? 0 : (page - 1) * perPage];
  const position = after ? [after.value, after.id] : [];
  if (search !== undefined) {
    const values = [...first, patternsOf(search), ...position];
    const work = () => searched(searches.pool, collection, shape, values, perPage + 1);
    return searches.inTurn(workspaceId, work, signal);
  }
  const { rows } = await pool.query<PageRow>({
    name: `${source}-${sort}-${order}-${shape.after}`,
    text: pageStatement(source, shape),
    values: [...first, ...position],
  });
  return { rows, total };
}

/**
 * Finds and sorts the matches of a rare term, and reads those of a common term in the order of the page. The planner cannot choose: it read a
 * million contacts in order for two letters that nobody has (10 s). These statements have no name: a kept plan would be one for any term.
 */
async function searched(
  pool: Pool,
  { source, total }: Collection,
  shape: PageShape,
  values: readonly unknown[],
  wanted: number,
): Promise<Found> {
  const long = total > SEARCH_COUNTS_UP_TO;
  const find = async (counted: boolean): Promise<Found> => {
    const { rows } = await pool.query<FoundRow>(foundStatement(source, shape, { long, counted }), [...values]);
    return { rows: rows.filter(isContact), total: rows[0]?.total ?? 0 };
  };
  const few = await find(true);
  if (few.total <= SEARCH_COUNTS_UP_TO) return few;
  const near = await pool.query<PageRow>(nearStatement(source, shape), [...values]);
  return near.rows.length === wanted
    ? { rows: near.rows, total: few.total }
    : { ...(await find(false)), total: few.total };
}

type FoundRow = { readonly total: number } & (PageRow | { readonly id: null });
const isContact = (row: FoundRow): row is PageRow & { total: number } => row.id !== null;
