import type { Contact, ContactList, VerificationStatus } from '@kith/contracts/contacts';
import type { z } from 'zod';

import { toMicroseconds } from '../../wire/timestamps.ts';
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

// WD-42: a phone number has fewer words. `no_whatsapp` never occurs: nothing here asks WhatsApp.
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
  // This API requires a name, others do not: a contact written through one of them may have none.
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
