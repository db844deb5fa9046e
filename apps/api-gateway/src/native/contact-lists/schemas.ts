import { exactPartial } from '@kith/contracts';
import { contactList, newContactList } from '@kith/contracts/contacts';
import { z } from 'zod';

import { pathId } from '../../wire/numbers.ts';
import { microseconds, MICROSECONDS_EXAMPLE } from '../../wire/timestamps.ts';
import { EXAMPLE } from '../examples.ts';

export const listParams = z.object({ listId: pathId });
export const memberParams = z.object({ listId: pathId, contactId: pathId });

export const contactListWire = contactList.extend({ createdAt: microseconds, updatedAt: microseconds }).meta({
  id: 'ContactList',
  example: {
    id: 1,
    workspaceId: EXAMPLE.workspaceId,
    name: 'VIP Customers',
    contactsCount: 42,
    createdAt: MICROSECONDS_EXAMPLE,
    updatedAt: MICROSECONDS_EXAMPLE,
    version: 1,
  },
});

export const newList = newContactList.meta({ example: { name: 'VIP Customers' } });
export const listChange = exactPartial(newContactList.shape).meta({ example: { name: 'Very important' } });
