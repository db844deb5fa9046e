import { Problem } from '@kith/contracts';
import type { Decider } from '@kith/event-store';
import { z } from 'zod';

import { existing, type Within } from '../existing.ts';

const workspace = { workspaceId: z.string() };

export const contactListEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ContactListCreated'),
    data: z.object({ ...workspace, id: z.int(), name: z.string() }),
  }),
  z.object({
    type: z.literal('ContactListRenamed'),
    data: z.object({ ...workspace, name: z.string(), oldName: z.string() }),
  }),
  z.object({ type: z.literal('ContactListDeleted'), data: z.object(workspace) }),
]);
export type ContactListEvent = z.infer<typeof contactListEvent>;

export type ContactListCommand =
  /** `others` counts the lists that the workspace has. Lists that race with this one are not counted. */
  | { type: 'CreateContactList'; id: number; workspaceId: string; name: string; others: number }
  /** An undefined name leaves the name as it is. */
  | ({ type: 'RenameContactList'; name: string | undefined } & Within)
  /** Its contacts stay. */
  | ({ type: 'DeleteContactList' } & Within);

/** `GET /contact-lists/all` answers all of them at once. */
const MOST_LISTS = 1_000;

export type ActiveList = {
  readonly status: 'active';
  readonly id: number;
  readonly workspaceId: string;
  readonly version: number;
  readonly name: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
/** A deleted list leaves no row: it is read back as absent, and its stream stays closed. */
export type ContactListState = { readonly status: 'absent' } | { readonly status: 'deleted' } | ActiveList;

export const contactList: Decider<ContactListState, ContactListCommand, ContactListEvent> = {
  initial: { status: 'absent' },

  decide(command, state) {
    switch (command.type) {
      case 'CreateContactList': {
        if (state.status !== 'absent') throw new Problem('conflict', 'This list exists already.');
        const { id, workspaceId, name, others } = command;
        if (others >= MOST_LISTS) {
          const errors = { body: [`A workspace has at most ${MOST_LISTS} contact lists.`] };
          throw new Problem('invalid', 'There is no room for another contact list.', { errors });
        }
        return [{ type: 'ContactListCreated', data: { id, workspaceId, name } }];
      }
      case 'RenameContactList': {
        const { workspaceId, name: oldName } = existing(state, command, 'contact list');
        const { name = oldName } = command;
        return name === oldName ? [] : [{ type: 'ContactListRenamed', data: { workspaceId, name, oldName } }];
      }
      case 'DeleteContactList': {
        const { workspaceId } = existing(state, command, 'contact list');
        return [{ type: 'ContactListDeleted', data: { workspaceId } }];
      }
    }
  },

  evolve(state, event) {
    switch (event.type) {
      case 'ContactListCreated': {
        const { version, recordedAt } = event;
        return { status: 'active', ...event.data, version, createdAt: recordedAt, updatedAt: recordedAt };
      }
      case 'ContactListRenamed': {
        if (state.status !== 'active') return state;
        const { version, recordedAt, data } = event;
        return { ...state, version, name: data.name, updatedAt: recordedAt };
      }
      case 'ContactListDeleted':
        return { status: 'deleted' };
    }
  },
};
