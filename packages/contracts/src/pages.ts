import { z } from 'zod';

import { atMost } from './values.ts';

/** The end of an earlier page. The next page begins there, whatever was written since. It takes precedence over `page`. */
export const cursor = atMost(4096).min(1);

/** Which page of an ordered collection a service is asked for. */
export const pageQuery = z.object({
  page: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).default(1),
  perPage: z.coerce.number().int().min(1).max(1000).default(15),
  cursor: cursor.optional(),
});
export type PageQuery = z.infer<typeof pageQuery>;

/** One page of an ordered collection, and how many there are in all. */
export type Page<Item> = {
  readonly items: readonly Item[];
  readonly total: number;
  /** Null where nothing comes after. */
  readonly nextCursor: string | null;
};
