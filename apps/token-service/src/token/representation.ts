import type { Token } from '@kith/contracts/tokens';

import type { IssuedToken } from './token.ts';

/** A token as the internal HTTP API shows it, without its hash. */
export const toToken = (
  { id, name, preview, workspaceId, dialect, scopes, createdAt, expiresAt }: IssuedToken,
  lastUsedAt: Date | null,
): Token => ({
  id,
  name,
  preview,
  workspaceId,
  dialect,
  scopes,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
  expiresAt: expiresAt?.toISOString() ?? null,
});
