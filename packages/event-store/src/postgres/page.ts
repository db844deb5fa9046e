import type { Page, PageQuery } from '@kith/contracts';
import type { Pool } from 'pg';
import type { z } from 'zod';

import { cursorOf, readCursor } from './cursor.ts';
import { prepared } from './sql.ts';

/** Rows that are shown page by page, in the order that an index keeps. */
export type Collection<Row> = {
  readonly columns: string;
  readonly from: string;
  readonly where: string;
  /** Whatever `where` takes, from $1. */
  readonly values: readonly unknown[];
  /** The last of them is unique: the order is total. */
  readonly orderedBy: readonly string[];
  readonly order: 'asc' | 'desc';
  /** A row's place in that order, as it is shown to clients. */
  readonly positionOf: (row: Row) => readonly unknown[];
  /** Parses that place as it comes back in a cursor. */
  readonly position: z.ZodType<readonly unknown[]>;
};

/** Reads one page. By cursor it costs the same at any depth. */
export async function pageOf<Row extends object>(
  pool: Pool,
  collection: Collection<Row>,
  { page, perPage, cursor }: PageQuery,
): Promise<Page<Row>> {
  const { columns, from, where, values, orderedBy, order, positionOf, position } = collection;
  const after = cursor === undefined ? [] : readCursor(cursor, position);
  const isAfter =
    after.length === 0
      ? ''
      : `and (${orderedBy.join(', ')}) ${order === 'asc' ? '>' : '<'}
             (${after.map((_, n) => `$${values.length + 3 + n}`).join(', ')})`;
  const [found, counted] = await Promise.all([
    pool.query<Row>(
      prepared({
        text: `
          select ${columns} from ${from}
           where ${where} ${isAfter}
           order by ${orderedBy.map((column) => `${column} ${order}`).join(', ')}
           limit $${values.length + 1} offset $${values.length + 2}`,
        values: [...values, perPage + 1, cursor === undefined ? (page - 1) * perPage : 0, ...after],
      }),
    ),
    pool.query<{ total: number }>(
      prepared({ text: `select count(*)::int as total from ${from} where ${where}`, values }),
    ),
  ]);
  const items = found.rows.slice(0, perPage);
  const last = found.rows.length > perPage ? items.at(-1) : undefined;
  return { items, total: counted.rows[0]?.total ?? 0, nextCursor: last ? cursorOf(positionOf(last)) : null };
}
