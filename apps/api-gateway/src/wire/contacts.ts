import { text } from '@kith/contracts';
import { contactSort, profile } from '@kith/contracts/contacts';
import { z } from 'zod';

/** WD-11, WD-35. A search for nothing finds everything. */
export const contactQuery = {
  search: text(0, 200)
    .optional()
    .transform((value) => value || undefined),
  sort: contactSort.default('created_at'),
  order: z.enum(['asc', 'desc']).default('desc'),
};

/** WD-30. */
export const name = text(2, 100);

/** WD-30, WD-31, WD-32. The operator's lists say which addresses are disposable. */
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

/** WD-14, WD-34: the same rules for each field that is there. */
export const contactChange = (isDisposable: (address: string) => boolean) => ({
  ...newContact(isDisposable),
  name: z.exactOptional(name),
});
