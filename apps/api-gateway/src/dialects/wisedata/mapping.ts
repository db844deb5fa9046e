import type { Contact, ContactList, ContactPageQuery, VerificationStatus } from '@kith/contracts/contacts';
import type { HttpProblem } from '@kith/http';
import type { z } from 'zod';

import type * as wire from './schemas.ts';

type EmailStatus = z.infer<typeof wire.emailStatus>;
type PhoneStatus = z.infer<typeof wire.phoneStatus>;

// WD-42, and the ruling on statuses: complained → spam, bounced → bounce, risky → unknown.
const EMAIL_STATUS: Record<VerificationStatus, EmailStatus> = {
  pending: 'pending',
  valid: 'valid',
  invalid: 'invalid',
  disposable: 'disposable',
  catch_all: 'catch_all',
  risky: 'unknown',
  unknown: 'unknown',
  bounced: 'bounce',
  complained: 'spam',
};

// WD-42: of a phone number it says less. `no_whatsapp` has no source: nothing here asks WhatsApp.
const PHONE_STATUS: Record<VerificationStatus, PhoneStatus> = {
  pending: 'pending',
  valid: 'valid',
  invalid: 'invalid',
  disposable: 'unknown',
  catch_all: 'unknown',
  risky: 'unknown',
  unknown: 'unknown',
  bounced: 'unknown',
  complained: 'unknown',
};

/** WD-20: exactly these seven keys, in this order. */
export const toContact = (contact: Contact): z.infer<typeof wire.contact> => ({
  id: contact.id,
  // A name is required here and not everywhere: a contact written through another API may have none.
  name: contact.name ?? '',
  email: contact.email,
  phone: contact.phone,
  emailStatus: contact.emailStatus && EMAIL_STATUS[contact.emailStatus],
  phoneStatus: contact.phoneStatus && PHONE_STATUS[contact.phoneStatus],
  createdAt: toMicroseconds(contact.createdAt),
});

/** WD-24. */
export const toContactList = ({
  id,
  name,
  contactsCount,
  createdAt,
}: ContactList): z.infer<typeof wire.contactList> => ({
  id,
  name,
  contactsCount,
  createdAt: toMicroseconds(createdAt),
});

/** WD-20: `…:00.000Z` → `…:00.000000Z`. */
export const toMicroseconds = (timestamp: string): string => timestamp.replace('Z', '000Z');

/** What is asked for, as the services call it. */
export const askedOf = <Query extends { readonly per_page: number }>({ per_page: perPage, ...asked }: Query) => ({
  ...asked,
  perPage,
});

/** WD-21. */
export const pageMeta = ({ page, perPage }: Pick<ContactPageQuery, 'page' | 'perPage'>, total: number) => ({
  current_page: page,
  per_page: perPage,
  total,
  last_page: Math.max(1, Math.ceil(total / perPage)),
});

/** WD-24: all there are, as one page. */
export const wholeMeta = (total: number) => pageMeta({ page: 1, perPage: Math.max(1, total) }, total);

/** WD-33; WD-57 for the 401. */
export const messageOf = ({ status, title, detail = title }: HttpProblem): string =>
  status === 401 ? 'Unauthenticated.' : detail;
