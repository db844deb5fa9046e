import { describe, expect, test } from '@jest/globals';
import { readsAsStored, specify } from '@kith/event-store/testing';

import golden from './golden.json' with { type: 'json' };
import { contactList, contactListEvent, type ContactListEvent } from './list.ts';

const given = specify(contactList);

const create = { type: 'CreateContactList', id: 1, workspaceId: 'ws_1', name: 'VIP Customers', others: 0 } as const;
const created: ContactListEvent = {
  type: 'ContactListCreated',
  data: { id: 1, workspaceId: 'ws_1', name: 'VIP Customers' },
};

const renamed: ContactListEvent = {
  type: 'ContactListRenamed',
  data: { workspaceId: 'ws_1', name: 'New', oldName: 'VIP Customers' },
};
const deleted: ContactListEvent = { type: 'ContactListDeleted', data: { workspaceId: 'ws_1' } };
const rename = (name: string | undefined) => ({ type: 'RenameContactList', workspaceId: 'ws_1', name }) as const;
const remove = { type: 'DeleteContactList', workspaceId: 'ws_1' } as const;

describe('a list', () => {
  test('is renamed once', () => {
    given(created).when(rename('New')).emits(renamed);
    given(created, renamed).when(rename('New')).emitsNothing();
  });

  test('keeps its name where none is given', () => {
    given(created, renamed).when(rename(undefined)).emitsNothing();
    given(created)
      .when({ ...rename(undefined), ifVersions: [2] })
      .rejects({ kind: 'precondition-failed' });
    given(created, deleted).when(rename(undefined)).rejects({ kind: 'not-found' });
  });

  test('is deleted, and is not there any more', () => {
    given(created).when(remove).emits(deleted);
    given(created, deleted).when(remove).rejects({ kind: 'not-found' });
    given(created, deleted).when(rename('New')).rejects({ kind: 'not-found' });
    given(created, deleted).when(create).rejects({ kind: 'conflict' });
  });

  test('of another workspace does not exist', () => {
    given(created)
      .when({ ...remove, workspaceId: 'ws_2' })
      .rejects({ kind: 'not-found' });
  });
});

describe('creating a list', () => {
  test('records its name', () => {
    given().when(create).emits(created);
  });

  test('is refused to a workspace that has a thousand (NA-16)', () => {
    given()
      .when({ ...create, others: 999 })
      .emits(created);
    given()
      .when({ ...create, others: 1_000 })
      .rejects({ kind: 'invalid' });
  });

  test('is refused a second time', () => {
    given(created).when(create).rejects({ kind: 'conflict' });
  });
});

// The golden events lie in somebody's database: they gain new events and new forms, and none of them is changed.
describe('A list, from the events that were ever stored,', () => {
  const states = readsAsStored(contactListEvent, contactList, golden);

  test('folds to the state it had', () => {
    expect(states.at(-2)).toMatchObject({ status: 'active', id: 7, version: 2, name: 'Clients' });
    expect(states.at(-1)).toEqual({ status: 'deleted' });
  });
});
