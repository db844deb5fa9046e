import { z } from 'zod';

import { verificationStatus, verifiedField } from '../contacts/status.ts';
import { numericId, timestamp, workspaceId } from '../values.ts';
import { publishedContact, publishedProfile } from './contact.ts';
import { ofContact, shell } from './shell.ts';
import type { Topic } from './topic.ts';

const ofList = { listId: numericId, workspaceId };

/**
 * The stream version at which this event set the e-mail address and the phone number; null where it set none. A verdict
 * quotes it, so that an answer for an earlier value is recognised even if the same text was written again.
 */
const valueVersions = z.object({ email: z.int().positive().nullable(), phone: z.int().positive().nullable() });

const listShell = z.strictObject(ofList);

export const contactsEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ContactCreated'),
    data: z.union([z.object({ ...ofContact, contact: publishedContact, valueVersions }), shell]),
  }),
  z.object({
    type: z.literal('ContactChanged'),
    data: z.union([
      z.object({
        ...ofContact,
        /** Only what changed. */
        changes: z.object({ old: publishedProfile, new: publishedProfile }),
        oldVersion: z.int().positive(),
        newVersion: z.int().positive(),
        valueVersions,
      }),
      shell,
    ]),
  }),
  z.object({
    type: z.literal('ContactStatusChanged'),
    data: z.union([
      z.object({
        ...ofContact,
        field: verifiedField,
        status: verificationStatus,
        previousStatus: verificationStatus,
        valueVersion: z.int().positive(),
        reasons: z.array(z.string()),
      }),
      shell,
    ]),
  }),
  z.object({ type: z.literal('ContactListed'), data: z.object({ ...ofContact, listId: numericId }) }),
  z.object({ type: z.literal('ContactUnlisted'), data: z.object({ ...ofContact, listId: numericId }) }),
  z.object({ type: z.literal('ContactErased'), data: z.object(ofContact) }),
  z.object({
    type: z.literal('ContactListCreated'),
    data: z.union([z.object({ ...ofList, name: z.string() }), listShell]),
  }),
  z.object({
    type: z.literal('ContactListRenamed'),
    data: z.union([z.object({ ...ofList, name: z.string(), oldName: z.string() }), listShell]),
  }),
  z.object({ type: z.literal('ContactListDeleted'), data: z.object(ofList) }),
]);
export type ContactsEvent = z.infer<typeof contactsEvent>;

export const contactsTopic: Topic<ContactsEvent> = {
  name: 'contacts.v1',
  schema: contactsEvent,
  types: contactsEvent.options.map(({ shape }) => shape.type.value),
};
/** An event as its owner answers it over HTTP to a consumer that missed it on the topic. */
export const publishedContactsEvent = z.object({
  id: z.uuid(),
  sequence: z.int().positive(),
  time: timestamp,
  event: contactsEvent,
});
export type PublishedContactsEvent = z.infer<typeof publishedContactsEvent>;
