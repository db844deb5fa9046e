import { z } from 'zod';

import { numericId, timestamp, workspaceId } from '../values.ts';

/** A contact as known outside of contacts-service's database: one line of JSON, for the repair after a restore. It names no one. */
export const knownContact = z.strictObject({
  contactId: numericId,
  workspaceId,
  /** The last version that was seen. */
  version: z.int().positive().exactOptional(),
  erasedAt: timestamp.exactOptional(),
  /** Times by service: since then, that service has nothing left of it. */
  confirmations: z.record(z.string(), timestamp).exactOptional(),
});
export type KnownContact = z.infer<typeof knownContact>;
