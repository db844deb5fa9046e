import type { Contact, ContactList, ContactPage, ContactPageQuery } from '@kith/contracts';

import { pageMeta, toMicroseconds } from '../dialects/wisedata/mapping.ts';

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

export const toContactPage = (page: ContactPage, asked: ContactPageQuery) => ({
  data: page.items.map(toContact),
  meta: {
    ...pageMeta(asked, page.total),
    ...(asked.cursor !== undefined && { current_page: null }),
    next_cursor: page.nextCursor,
    total_is_lower_bound: page.moreThanTotal,
  },
});

/** The version of its stream, for `If-Match`. */
export const etagOf = ({ version }: { version: number }): string => `"v${version}"`;
