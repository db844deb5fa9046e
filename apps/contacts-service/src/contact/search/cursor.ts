import { text } from '@kith/contracts';
import type { ContactPageQuery } from '@kith/contracts/contacts';
import * as cursors from '@kith/event-store';
import { z } from 'zod';

/** The last contact of a page: the next page begins after it, whatever was written since. */
const position = z.tuple([
  z.enum(['name', 'email', 'phone', 'created_at']),
  z.enum(['asc', 'desc']),
  z.string(),
  z.int(),
]);

export type Cursor = Pick<ContactPageQuery, 'sort' | 'order'> & { readonly value: string; readonly id: number };

// A key that Postgres cannot read is refused.
const words = text(0, 300);
const KEY = { name: words, email: words, phone: words, created_at: cursors.moment };

export const cursorOf = ({ sort, order, value, id }: Cursor): string => cursors.cursorOf([sort, order, value, id]);

/** Throws `invalid` for a text that is no cursor, and for a cursor of another order. */
export function readCursor(text: string | undefined, sort: Cursor['sort'], order: Cursor['order']): Cursor | undefined {
  if (text === undefined) return undefined;
  const [cursorSort, cursorOrder, value, id] = cursors.readCursor(text, position);
  if (cursorSort !== sort || cursorOrder !== order)
    throw cursors.refusedCursor(`Is of a page sorted by ${cursorSort} ${cursorOrder}.`);
  if (!KEY[sort].safeParse(value).success) throw cursors.refusedCursor('Is no cursor of ours.');
  return { sort, order, value, id };
}
