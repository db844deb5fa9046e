import { z } from 'zod';

/** A whole number as a path or a query spells it. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine((value) => /^\d{1,16}$/.test(value), 'Must be a whole number.')
    .transform(Number)
    .pipe(z.int().min(min, `Must be at least ${min}.`).max(max, `Must be at most ${max}.`))
    .meta({ type: 'integer', minimum: min, maximum: max });

/** An id in a path. It has one spelling, so that a resource has one address. */
export const pathId = z
  .string()
  .refine((value) => !value.startsWith('0'), 'Must not begin with 0.')
  .pipe(wholeNumber(1, Number.MAX_SAFE_INTEGER))
  .meta({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
