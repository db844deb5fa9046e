import { z } from 'zod';

// Postgres keeps neither, and what was written must be what is read back.
const UNSTORABLE = /\u0000|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Text of so many code points, kept as it was written. */
export const text = (min: number, max: number) =>
  z
    .string()
    .refine((value) => !UNSTORABLE.test(value), 'Must not contain NUL or a lone surrogate.')
    .refine(
      (value) => within([...value].length, min, max),
      min === 0 ? `Must be at most ${max} characters.` : `Must be ${min} to ${max} characters.`,
    )
    // For the documents only: `maxLength` counts code points there too (JSON Schema 2020-12, 6.3.1).
    .meta({ minLength: min, maxLength: max });

const within = (length: number, min: number, max: number) => length >= min && length <= max;

/** RFC 3339, in UTC, with milliseconds. */
export const timestamp = z.iso.datetime({ precision: 3 });

/** `ws_…`: the tenant. */
export const workspaceId = z.string().regex(/^ws_[0-9a-hjkmnp-tv-z]{26}$/);
/** `acc_…`: the customer. */
export const accountId = z.string().regex(/^acc_[0-9a-hjkmnp-tv-z]{26}$/);
/** `tok_…`: what a token is called where its secret must not be. */
export const tokenId = z.string().regex(/^tok_[0-9a-hjkmnp-tv-z]{26}$/);

/** Contacts and lists are numbered; JSON carries them exactly up to 2^53 − 1. */
export const numericId = z.int().positive();

type ExactOptional<Shape extends z.ZodRawShape> = { [Key in keyof Shape]: z.ZodExactOptional<Shape[Key]> };

/** An object of which any member may be left out, and none may be undefined: what JSON can say. */
export const exactPartial = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(
    Object.fromEntries(
      Object.entries(shape).map(([key, value]) => [key, z.exactOptional(value)]),
    ) as ExactOptional<Shape>,
  );
