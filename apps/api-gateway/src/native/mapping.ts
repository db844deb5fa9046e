import type { Contact, ContactList } from '@kith/contracts';

import { toMicroseconds } from '../dialects/wisedata/mapping.ts';

/** WiseData's seven keys first, in their order (WD-20), then what Kith knows besides. */
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

export const toContactList = (list: ContactList): ContactList => ({
  ...list,
  createdAt: toMicroseconds(list.createdAt),
  updatedAt: toMicroseconds(list.updatedAt),
});

/** The version of its stream, for `If-Match`. */
export const etagOf = ({ version }: { version: number }): string => `"v${version}"`;
