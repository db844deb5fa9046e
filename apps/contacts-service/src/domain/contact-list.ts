import { Problem } from '@kith/contracts';
import type { Decider } from '@kith/event-store';
import { z } from 'zod';

export const contactListEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ContactListCreated'),
    data: z.object({ id: z.int(), workspaceId: z.string(), name: z.string() }),
  }),
]);
export type ContactListEvent = z.infer<typeof contactListEvent>;

export type ContactListCommand = { type: 'CreateContactList'; id: number; workspaceId: string; name: string };

export type ActiveList = {
  readonly status: 'active';
  readonly id: number;
  readonly workspaceId: string;
  readonly version: number;
  readonly name: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
export type ContactList = { readonly status: 'absent' } | ActiveList;

export const contactList: Decider<ContactList, ContactListCommand, ContactListEvent> = {
  initial: { status: 'absent' },

  decide({ id, workspaceId, name }, state) {
    if (state.status !== 'absent') throw new Problem('conflict', 'This list exists already.');
    return [{ type: 'ContactListCreated', data: { id, workspaceId, name } }];
  },

  evolve(_, { data, version, recordedAt }) {
    return { status: 'active', ...data, version, createdAt: recordedAt, updatedAt: recordedAt };
  },
};
