import type { HttpClient } from './load.ts';
import type { System } from './system.ts';

export const PAGE = 15;

export type Query = Readonly<Record<string, string | number>>;
type Page = { readonly data: readonly object[]; readonly meta: { readonly next_cursor: string | null } };
/** Reads a page through the gateway: of the list, or of all contacts with `everywhere`. */
export type Ask = (query: Query, everywhere?: boolean) => Promise<Page>;

export function asker(gateway: HttpClient, { listId, token }: System): Ask {
  const headers = { authorization: `Bearer ${token}` };
  return async (query, everywhere) => {
    const text = new URLSearchParams(
      Object.entries({ per_page: PAGE, ...query }).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const path = `/api/v1/${everywhere ? '' : `contact-lists/${listId}/`}contacts?${text.toString()}`;
    return JSON.parse(await gateway.send({ method: 'GET', path, headers })) as Page;
  };
}
