import { describe, test } from '@jest/globals';
import { specify } from '@kith/event-store/testing';

import { contactList, type ContactListEvent } from './contact-list.ts';

const given = specify(contactList);

const create = { type: 'CreateContactList', id: 1, workspaceId: 'ws_1', name: 'VIP Customers' } as const;
const created: ContactListEvent = {
  type: 'ContactListCreated',
  data: { id: 1, workspaceId: 'ws_1', name: 'VIP Customers' },
};

describe('creating a list', () => {
  test('records its name', () => {
    given().when(create).emits(created);
  });

  test('is refused a second time', () => {
    given(created).when(create).rejects({ kind: 'conflict' });
  });
});
