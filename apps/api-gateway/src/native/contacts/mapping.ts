import type { PageQuery } from '@kith/contracts';
import type { Contact, ContactPage } from '@kith/contracts/contacts';

import { toMicroseconds } from '../../wire/timestamps.ts';
import { toPage } from '../envelope.ts';

/** WiseData's seven keys first, in their order (WD-20), then the rest that Kith knows. */
export function toContact(contact: Contact): Contact {
  const { id, name, email, phone, emailStatus, phoneStatus, createdAt, ...others } = contact;
  return {
    id,
    name,
    email,
    phone,
    emailStatus,
    phoneStatus,
    createdAt: toMicroseconds(createdAt),
    ...others,
    updatedAt: toMicroseconds(others.updatedAt),
  };
}

export function toContactPage(page: ContactPage, query: PageQuery) {
  const { data, meta } = toPage(page, query, toContact);
  return { data, meta: { ...meta, total_is_lower_bound: page.moreThanTotal } };
}
