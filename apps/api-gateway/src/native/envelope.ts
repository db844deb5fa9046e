import type { Page, PageQuery } from '@kith/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';

import * as wire from '../wire/pages.ts';

const wholeMetaExample = { current_page: 1, per_page: 42, total: 42, last_page: 1 };
/** WD-24: everything there is, as one page. */
const wholeMeta = wire.pageMeta.meta({ id: 'WholeMeta', example: wholeMetaExample });

export const pageMetaExample = {
  current_page: 1,
  per_page: 15,
  total: 42,
  last_page: 3,
  next_cursor: 'WyIyMDI2LTA2LTA1VDEzOjQwOjAwLjEyM1oiLDEyM10',
};
export const pageMeta = wire.pageMeta
  .extend({
    current_page: z.int().nullable().meta({ description: 'Null on a page that was asked for by its cursor.' }),
    next_cursor: z.string().nullable().meta({ description: 'The `cursor` of the next page; null on the last one.' }),
  })
  .meta({ id: 'PageMeta', example: pageMetaExample });

// WD-23: one resource in `data`, an action adds `message`, a list adds `meta`.
export const resource = <Item extends z.ZodType>(data: Item) => z.object({ data });
export const action = <Item extends z.ZodType>(data: Item) => z.object({ message: z.string(), data });
export const message = z.object({ message: z.string() });
export const page = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item), meta: pageMeta });
export const whole = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item), meta: wholeMeta });

export const cursor = z
  .string()
  .min(1)
  .max(4096)
  .exactOptional()
  .meta({ description: '`meta.next_cursor` of the page before, of the same order. Goes before `page`.' });
export const pageQuery = z.strictObject({ ...wire.pageNumbers, cursor });

/** One page, whether its number or its cursor was given. */
export const toPage = <Item, Shown>(found: Page<Item>, query: PageQuery, show: (item: Item) => Shown) => ({
  data: found.items.map(show),
  meta: {
    ...wire.toPageMeta(query, found.total),
    ...(query.cursor !== undefined && { current_page: null }),
    next_cursor: found.nextCursor,
  },
});

/** Shows an item, and its version as the ETag, which `If-Match` takes. */
export function versioned<Item extends { readonly version: number }>(
  reply: FastifyReply,
  item: Item,
  show: (item: Item) => Item,
): Item {
  reply.header('etag', `"v${item.version}"`);
  return show(item);
}
