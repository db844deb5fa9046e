import { z } from 'zod';

import { numericId, timestamp, workspaceId } from '../values.ts';

/** A contact as known outside of contacts-service's database: one line of JSON, for the repair after a restore. It names no one. */
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
