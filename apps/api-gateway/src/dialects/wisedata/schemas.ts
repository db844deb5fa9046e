import { numericId, text } from '@kith/contracts';
import { contactSort, profile } from '@kith/contracts/contacts';
import { z } from 'zod';

/** A whole number as a path or a query spells it. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine((value) => /^\d{1,16}$/.test(value), 'Must be a whole number.')
    .transform(Number)
    .pipe(z.int().min(min, `Must be at least ${min}.`).max(max, `Must be at most ${max}.`))
    .meta({ type: 'integer', minimum: min, maximum: max });

/** Spelled in one way only: what names a thing has one address. */
const id = z
  .string()
  .refine((value) => !value.startsWith('0'), 'Must not begin with 0.')
  .pipe(wholeNumber(1, Number.MAX_SAFE_INTEGER))
  .meta({ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const contactParams = z.object({ contactId: id });
export const listParams = z.object({ listId: id });

/** WD-11, WD-35. A search for nothing finds everything. */
export const contactPageQuery = {
  search: text(0, 200)
    .optional()
    .transform((value) => value || undefined),
  sort: contactSort.default('created_at'),
  order: z.enum(['asc', 'desc']).default('desc'),
  page: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(1).meta({ description: '1, where it is not given.' }),
  per_page: wholeNumber(1, 100).default(15).meta({ description: '15, where it is not given.' }),
};

/** WD-30. */
export const name = text(2, 100);

/** WD-30, WD-31, WD-32. Whether an address is disposable is for the operator's lists to say. */
export const newContact = (isDisposable: (address: string) => boolean) => ({
  name,
  email: z.exactOptional(
    profile.shape.email.refine(
      (address) => address === null || !isDisposable(address),
      'Disposable e-mail addresses are not accepted.',
    ),
  ),
  phone: z.exactOptional(profile.shape.phone),
});

/** WD-14, WD-34: the same rules for what is there. */
export const contactChange = (isDisposable: (address: string) => boolean) => ({
  ...newContact(isDisposable),
  name: z.exactOptional(name),
});

/** WD-42. */
export const emailStatus = z.enum([
  'pending',
  'valid',
  'invalid',
  'disposable',
  'catch_all',
  'bounce',
  'spam',
  'unknown',
]);
export const phoneStatus = z.enum(['pending', 'valid', 'invalid', 'no_whatsapp', 'unknown']);

/** WD-20. */
export const contact = z.object({
  id: numericId,
  name: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  emailStatus: emailStatus.nullable(),
  phoneStatus: phoneStatus.nullable(),
  createdAt: z.string(),
});

/** WD-24. */
export const contactList = z.object({
  id: numericId,
  name: z.string(),
  contactsCount: z.int().nonnegative(),
  createdAt: z.string(),
});

/** WD-21. */
export const pageMeta = z.object({
  current_page: z.int(),
  per_page: z.int(),
  total: z.int(),
  last_page: z.int(),
});
