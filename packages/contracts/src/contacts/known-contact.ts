import { z } from 'zod';

import { numericId, timestamp, workspaceId } from '../values.ts';

/** What is known of a contact outside of contacts-service's database: one line of JSON, for the repair after a restore. Names no one. */
export const knownContact = z.strictObject({
  contactId: numericId,
  workspaceId,
  /** The last version that was seen. */
  version: z.int().positive().exactOptional(),
  erasedAt: timestamp.exactOptional(),
  /** When the other services had nothing left of it. */
  confirmedAt: timestamp.exactOptional(),
});
export type KnownContact = z.infer<typeof knownContact>;
