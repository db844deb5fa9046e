import { numericId } from '@kith/contracts';
import { z } from 'zod';

import * as wire from '../../wire/contacts.ts';
import { pathId } from '../../wire/numbers.ts';
import { pageNumbers } from '../../wire/pages.ts';

export const contactParams = z.object({ contactId: pathId });
export const listParams = z.object({ listId: pathId });

/** WD-11, WD-35. */
export const contactPageQuery = z.object({ ...wire.contactQuery, ...pageNumbers });

// Members that are not known here are left out (WD-12, WD-14).
export const newContact = (isDisposable: (address: string) => boolean) => z.object(wire.newContact(isDisposable));
export const contactChange = (isDisposable: (address: string) => boolean) => z.object(wire.contactChange(isDisposable));

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
