import { Problem, timestamp } from '@kith/contracts';
import type { z } from 'zod';

/** A time in a cursor. Postgres knows no year 0. */
export const moment = timestamp.refine((time) => !time.startsWith('0000'));

/** The place where a page ended. Opaque to clients: it holds what the page showed, and nothing else. */
export const cursorOf = (position: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** Throws `invalid` for anything that is no such position, as a crafted cursor may be. */
export function readCursor<Position extends z.ZodType>(cursor: string, position: Position): z.infer<Position> {
  const { success, data } = position.safeParse(json(Buffer.from(cursor, 'base64url').toString()));
  if (!success) throw refusedCursor('Is no cursor of ours.');
  return data;
}

export const refusedCursor = (message: string): Problem =>
  new Problem('invalid', 'The given data is invalid.', { errors: { cursor: [message] } });

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
