import { type ContactPageQuery, Problem, text, timestamp } from '@kith/contracts';
import { z } from 'zod';

/** The last of a page: what comes after it is the next page, whatever was written since. */
const position = z.tuple([
  z.enum(['name', 'email', 'phone', 'created_at']),
  z.enum(['asc', 'desc']),
  z.string(),
  z.int(),
]);

export type Cursor = Pick<ContactPageQuery, 'sort' | 'order'> & { readonly value: string; readonly id: number };

// Whoever crafts one gets no further than here: what Postgres cannot read is no key. It knows no year 0.
const words = text(0, 300);
const moment = timestamp.refine((time) => !time.startsWith('0000'));
const KEY = { name: words, email: words, phone: words, created_at: moment };

/** Opaque to clients. It holds what the page showed, and nothing else. */
export const cursorOf = ({ sort, order, value, id }: Cursor): string =>
  Buffer.from(JSON.stringify([sort, order, value, id])).toString('base64url');

/** Throws `invalid` for what is no cursor, and for one of another order. */
export function readCursor(text: string | undefined, sort: Cursor['sort'], order: Cursor['order']): Cursor | undefined {
  if (text === undefined) return undefined;
  const { data } = position.safeParse(json(Buffer.from(text, 'base64url').toString()));
  if (!data) throw refused('Is no cursor of ours.');
  const [cursorSort, cursorOrder, value, id] = data;
  if (cursorSort !== sort || cursorOrder !== order)
    throw refused(`Is of a page sorted by ${cursorSort} ${cursorOrder}.`);
  if (!KEY[sort].safeParse(value).success) throw refused('Is no cursor of ours.');
  return { sort, order, value, id };
}

const refused = (message: string) =>
  new Problem('invalid', 'The given data is invalid.', { errors: { cursor: [message] } });

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
