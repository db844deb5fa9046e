import { z } from 'zod';

// Postgres stores neither, and a value must be read back as it was written.
const UNSTORABLE = /\u0000|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Text of so many code points, kept as it was written. Nothing looks at text of another length. */
export const text = (min: number, max: number) =>
  z
    .string()
    .check(
      stopUnless(
        (value) => hasLength(value, min, max),
        min === 0 ? `Must be at most ${max} characters.` : `Must be ${min} to ${max} characters.`,
      ),
    )
    .refine((value) => !UNSTORABLE.test(value), 'Must not contain NUL or a lone surrogate.')
    // For the documents only: `maxLength` counts code points there too (JSON Schema 2020-12, 6.3.1).
    .meta({ minLength: min, maxLength: max });

/** W3C Trace Context, 3.2: ids of zeros only, and version ff, are no ids. */
export const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** A string that a pattern or a format describes further. Nothing looks at a longer one. */
export const atMost = (max: number) =>
  z
    .string()
    .check(stopUnless((value) => value.length <= max, `Must be at most ${max} characters.`))
    .meta({ maxLength: max });

/** Keeps other checks from a value. zod's own `abort` would also keep the object around it from naming what else is wrong. */
const stopUnless = (isRight: (value: string) => boolean, message: string) => (payload: z.core.ParsePayload<string>) => {
  const { value: input, issues } = payload;
  if (isRight(input)) return;
  issues.push({ code: 'custom', message, input, continue: true });
  payload.aborted = true;
};

/** A code point is at most two code units, so text of more than twice `max` units is not counted. */
function hasLength(value: string, min: number, max: number): boolean {
  if (value.length > 2 * max) return false;
  const { length } = [...value];
  return length >= min && length <= max;
}

/** An array of an enum's values, none of them twice. Nothing looks at the items of a longer one. */
export function setOf<Words extends z.util.EnumLike>(word: z.ZodEnum<Words>, { min = 0 } = {}) {
  type Word = z.infer<typeof word>;
  const max = word.options.length;
  const error = `Must hold ${min} to ${max} values.`;
  const items = z
    .array(word)
    .min(min, error)
    .max(max)
    .refine((values) => new Set(values).size === values.length, 'Must not hold a value twice.')
    .meta({ uniqueItems: true });
  // zod looks at every item before it looks at how many there are.
  return z.preprocess((values: Word[], context) => {
    if (Array.isArray(values) && values.length > max) context.addIssue(error);
    return values;
  }, items);
}

/** RFC 3339, in UTC, with milliseconds. */
export const timestamp = z.iso.datetime({ precision: 3 });

/** `ws_…`: the tenant. */
export const workspaceId = atMost(29).regex(/^ws_[0-9a-hjkmnp-tv-z]{26}$/);
/** `acc_…`: the customer. */
export const accountId = atMost(30).regex(/^acc_[0-9a-hjkmnp-tv-z]{26}$/);
/** `tok_…`: what a token is called where its secret must not be. */
export const tokenId = atMost(30).regex(/^tok_[0-9a-hjkmnp-tv-z]{26}$/);

/** Contacts and lists are numbered; JSON carries them exactly up to 2^53 − 1. */
export const numericId = z.int().positive();

type ExactOptional<Shape extends z.ZodRawShape> = { [Key in keyof Shape]: z.ZodExactOptional<Shape[Key]> };

/** An object of which any member may be left out, and none may be undefined: what JSON can say. */
export const exactPartial = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject(exactOptionals(shape));

/** The same for what was written before: it may hold members that a later release added, which are passed over. */
export const openPartial = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(exactOptionals(shape));

const exactOptionals = <Shape extends z.ZodRawShape>(shape: Shape) =>
  Object.fromEntries(
    Object.entries(shape).map(([key, value]) => [key, z.exactOptional(value)]),
  ) as ExactOptional<Shape>;
