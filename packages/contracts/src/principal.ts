import { z } from 'zod';

import { tokenId, workspaceId } from './values.ts';

export const dialectName = z.enum(['native', 'wisedata', 'wisepops', 'leadconnector', 'consuelo', 'waply']);
export type DialectName = z.infer<typeof dialectName>;

export const scope = z.enum([
  'contacts.readonly',
  'contacts.write',
  'webhooks.manage',
  'privacy.erase',
  'tokens.admin',
]);
export type Scope = z.infer<typeof scope>;

/** The headers that name the client for whom the gateway calls a service. The internal key sent with them makes them trusted. */
export const principalHeaders = z.looseObject({
  'x-kith-workspace': workspaceId,
  'x-kith-token': tokenId,
});

/** The header that carries the installation's internal key (architecture, "Who may talk to whom"). */
export const INTERNAL_KEY_HEADER = 'x-kith-internal-key';
