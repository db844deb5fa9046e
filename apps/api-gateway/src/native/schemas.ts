import { account, contact, contactList, createdToken, partialProfile, token } from '@kith/contracts';
import { z } from 'zod';

import * as wisedata from '../dialects/wisedata/schemas.ts';

const MICROSECONDS = { example: '2026-06-05T13:40:00.123000Z', format: 'date-time' };
const microseconds = z.string().meta(MICROSECONDS);

const contactExample = {
  id: 123,
  workspaceId: 'ws_01k6m2v8q4n7r3t5w9x0y1z2a3',
  name: 'Ada Lovelace',
  firstName: 'Ada',
  lastName: 'Lovelace',
  email: 'ada@kith.test',
  emailStatus: 'pending',
  phone: '+15551234567',
  phoneE164: '+15551234567',
  phoneStatus: 'pending',
  company: null,
  jobTitle: null,
  website: null,
  address: null,
  timezone: null,
  dateOfBirth: null,
  gender: null,
  source: null,
  note: null,
  lists: [1],
  createdAt: MICROSECONDS.example,
  updatedAt: MICROSECONDS.example,
  version: 1,
};

export const contactWire = contact
  .extend({ createdAt: microseconds, updatedAt: microseconds })
  .meta({ id: 'Contact', example: contactExample });
export const contactListWire = contactList.extend({ createdAt: microseconds, updatedAt: microseconds }).meta({
  id: 'ContactList',
  example: {
    id: 1,
    workspaceId: contactExample.workspaceId,
    name: 'VIP Customers',
    contactsCount: 42,
    createdAt: MICROSECONDS.example,
    updatedAt: MICROSECONDS.example,
    version: 1,
  },
});
export const tokenWire = token.meta({ id: 'Token' });
export const createdTokenWire = createdToken.meta({
  id: 'CreatedToken',
  description: 'The one answer that holds the token itself.',
});
export const accountWire = account.meta({ id: 'Account' });
export const pageMeta = wisedata.pageMeta.meta({
  id: 'PageMeta',
  example: { current_page: 1, per_page: 15, total: 42, last_page: 3 },
});

/** WD-23: one resource in `data`, an action adds `message`, a list adds `meta`. */
export const one = <Item extends z.ZodType>(data: Item) => z.object({ data });
export const done = <Item extends z.ZodType>(data: Item) => z.object({ message: z.string(), data });
export const many = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item), meta: pageMeta });

/** WD-30 to WD-32 for what WiseData has; the rest of the profile besides. Unknown members are refused. */
export const newContact = (isDisposable: (address: string) => boolean) =>
  z.strictObject({ ...partialProfile.shape, ...wisedata.newContact(isDisposable) }).meta({
    example: { name: 'Ada Lovelace', email: 'ada@kith.test', phone: '+15551234567' },
  });
