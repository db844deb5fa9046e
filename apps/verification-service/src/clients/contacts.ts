import { contactsEvent, type ContactsEvent, contactsTopic } from '@kith/contracts/topics';
import type { ServiceClient } from '@kith/http';
import { z } from 'zod';

/** An event with its place in the contact's stream; without the event where it is of a type that only later releases know. */
export type Told = { readonly sequence: number; readonly event: ContactsEvent | undefined };

const answer = z.array(
  z.object({ sequence: z.int().positive(), event: z.object({ type: z.string(), data: z.unknown() }) }),
);

/** What contacts-service published of a contact next after a version, a page of it: for a reader of its topic that saw a gap. */
export const missedEvents =
  (contacts: ServiceClient) =>
  async (contactId: number, after: number): Promise<Told[]> => {
    const events = await contacts.request({ method: 'GET', path: `/contacts/${contactId}/events?after=${after}` });
    return answer.parse(events).map(({ sequence, event }) => ({
      sequence,
      event: (contactsTopic.types as readonly string[]).includes(event.type) ? contactsEvent.parse(event) : undefined,
    }));
  };
