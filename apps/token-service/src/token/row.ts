import type { DialectName, Scope } from '@kith/contracts';
import type { Row } from '@kith/event-store';

import type { IssuedToken, TokenState } from './token.ts';

export type TokenRow = {
  readonly id: string;
  readonly version: number;
  readonly workspace_id: string;
  readonly name: string;
  readonly dialect: DialectName;
  readonly scopes: Scope[];
  readonly hash: string;
  readonly preview: string;
  readonly expires_at: Date | null;
  readonly created_at: Date;
  readonly revoked_at: Date | null;
};

/** Keeps `tokens`, the whole state of each token. */
export const tokenRow: Row<TokenState> = {
  table: 'tokens',
  columns: [
    'id',
    'version',
    'workspace_id',
    'name',
    'dialect',
    'scopes',
    'hash',
    'preview',
    'expires_at',
    'created_at',
    'revoked_at',
  ],

  toRow(state) {
    if (state.status === 'absent') return null;
    const { status: _, workspaceId, expiresAt, createdAt, revokedAt, ...same } = state;
    return {
      ...same,
      workspace_id: workspaceId,
      expires_at: expiresAt,
      created_at: createdAt,
      revoked_at: revokedAt,
    };
  },

  fromRow: tokenOf,
};

/** The state that a row holds. */
export function tokenOf(row: TokenRow): IssuedToken {
  const { id, version, name, dialect, scopes, hash, preview } = row;
  return {
    status: row.revoked_at ? 'revoked' : 'active',
    id,
    version,
    name,
    dialect,
    scopes,
    hash,
    preview,
    workspaceId: row.workspace_id,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  };
}
