import type { ContactsEvent } from '@kith/contracts/topics';
import { type StoredEvent, toDomainEvent } from '@kith/event-store';

import { contactListEvent } from './list.ts';

/** The event that the topic carries of a list's stored event: every version of a list is published. */
export function publishedList(listId: number, stored: StoredEvent): ContactsEvent {
  const event = toDomainEvent(contactListEvent, stored);
  const { workspaceId } = event.data;
  switch (event.type) {
    case 'ContactListCreated':
      return { type: 'ContactListCreated', data: { listId, workspaceId, name: event.data.name } };
    case 'ContactListRenamed':
      return { type: 'ContactListRenamed', data: { listId, ...event.data } };
    case 'ContactListDeleted':
      return { type: 'ContactListDeleted', data: { listId, workspaceId } };
  }
}

/** The event with ids only, which keeps the sequence whole. It is not parsed: it stands for events that cannot be. */
export function listShell(listId: number, { type, data }: StoredEvent): ContactsEvent {
  const { workspaceId } = data as { workspaceId: string };
  return { type, data: { listId, workspaceId } } as ContactsEvent;
}
