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

/** What a list is made of, and what can be changed of it. */
export const newContactList = z.strictObject({ name: text(1, 100) });
export type NewContactList = z.infer<typeof newContactList>;
