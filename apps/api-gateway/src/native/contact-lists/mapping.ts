import type { ContactList } from '@kith/contracts/contacts';

import { toMicroseconds } from '../../wire/timestamps.ts';

export const toContactList = (list: ContactList): ContactList => ({
  ...list,
  createdAt: toMicroseconds(list.createdAt),
  updatedAt: toMicroseconds(list.updatedAt),
});
