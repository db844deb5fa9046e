import type { PageQuery } from '@kith/contracts';
import { z } from 'zod';

import { wholeNumber } from './numbers.ts';

/** WD-11. */
export const pageNumbers = {
  page: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(1).meta({ description: '1, where it is not given.' }),
  per_page: wholeNumber(1, 100).default(15).meta({ description: '15, where it is not given.' }),
};

/** The query as the services know it. */
export const toPageQuery = <Query extends { readonly per_page: number }>({ per_page: perPage, ...query }: Query) => ({
  ...query,
  perPage,
});

/** WD-21. */
export const pageMeta = z.object({
  current_page: z.int(),
  per_page: z.int(),
  total: z.int(),
  last_page: z.int(),
});

export const toPageMeta = (
  { page, perPage }: Pick<PageQuery, 'page' | 'perPage'>,
  total: number,
): z.infer<typeof pageMeta> => ({
  current_page: page,
  per_page: perPage,
  total,
  last_page: Math.max(1, Math.ceil(total / perPage)),
});

/** WD-24: everything there is, as one page. */
export const toWholeMeta = (total: number) => toPageMeta({ page: 1, perPage: Math.max(1, total) }, total);
