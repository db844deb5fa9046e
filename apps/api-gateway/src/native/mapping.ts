import type { Page, PageQuery } from '@kith/contracts';
import type { Contact, ContactList, ContactPage } from '@kith/contracts/contacts';
import type { FastifyReply } from 'fastify';

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

/** One page, be it asked for by its number or by its cursor. */
export const toPage = <Item, Shown>(page: Page<Item>, asked: PageQuery, show: (item: Item) => Shown) => ({
  data: page.items.map(show),
  meta: {
    ...pageMeta(asked, page.total),
    ...(asked.cursor !== undefined && { current_page: null }),
    next_cursor: page.nextCursor,
  },
});

export function toContactPage(page: ContactPage, asked: PageQuery) {
  const { data, meta } = toPage(page, asked, toContact);
  return { data, meta: { ...meta, total_is_lower_bound: page.moreThanTotal } };
}

/** What is shown of it, its version beside it as the ETag: for `If-Match`. */
export function versioned<Item extends { readonly version: number }>(
  reply: FastifyReply,
  item: Item,
  show: (item: Item) => Item,
): Item {
  reply.header('etag', `"v${item.version}"`);
  return show(item);
}
