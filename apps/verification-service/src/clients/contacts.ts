import { contactsEvent, type ContactsEvent, contactsTopic } from '@kith/contracts/topics';
import type { ServiceClient } from '@kith/http';
import { z } from 'zod';

/** An event with its place in the contact's stream. The event is undefined where only later releases know its type. */
export type PublishedEvent = { readonly sequence: number; readonly event: ContactsEvent | undefined };

const answer = z.array(
  z.object({ sequence: z.int().positive(), event: z.object({ type: z.string(), data: z.unknown() }) }),
);

/** Fetches a page of what contacts-service published of a contact after a version, to fill a gap in its topic. */
export const missedEvents =
  (contacts: ServiceClient) =>
  async (contactId: number, after: number): Promise<PublishedEvent[]> => {
    const events = await contacts.request({ method: 'GET', path: `/contacts/${contactId}/events?after=${after}` });
    return answer.parse(events).map(({ sequence, event }) => ({
      sequence,
      event: (contactsTopic.types as readonly string[]).includes(event.type) ? contactsEvent.parse(event) : undefined,
    }));
  };
