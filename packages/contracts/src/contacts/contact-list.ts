import { z } from 'zod';

import { numericId, text, timestamp, workspaceId } from '../values.ts';

export const contactList = z.object({
  id: numericId,
  workspaceId,
  name: text(1, 100),
  contactsCount: z.int().nonnegative(),
  createdAt: timestamp,
  updatedAt: timestamp,
  version: z.int().positive(),
});
export type ContactList = z.infer<typeof contactList>;

/** The fields that a list is created from; each can be changed later. */
export const newContactList = z.strictObject({ name: text(1, 100) });
export type NewContactList = z.infer<typeof newContactList>;
