import { dialectName, type DialectName, Problem, scope, type Scope } from '@kith/contracts';
import type { Decider } from '@kith/event-store';
import { z } from 'zod';

export const tokenEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('TokenCreated'),
    data: z.object({
      tokenId: z.string(),
      workspaceId: z.string(),
      name: z.string(),
      dialect: dialectName,
      scopes: z.array(scope),
      hash: z.string(),
      preview: z.string(),
      expiresAt: z.string().nullable(),
    }),
  }),
  z.object({ type: z.literal('TokenRevoked'), data: z.object({ workspaceId: z.string() }) }),
]);
export type TokenEvent = z.infer<typeof tokenEvent>;

export type TokenCommand =
  /** Carries the secret's hash and its last characters: no command, and so no event, ever holds the secret. */
  | {
      type: 'CreateToken';
      id: string;
      workspaceId: string;
      workspaceExists: boolean;
      /** The number of live tokens of the workspace. Tokens that race with this one are not counted. */
      others: number;
      name: string;
      dialect: DialectName;
      scopes: Scope[];
      hash: string;
      preview: string;
      expiresAt: Date | null;
      now: Date;
    }
  /** A workspace restricts it to that workspace's tokens; the operator gives none. */
  | { type: 'RevokeToken'; workspaceId: string | undefined };

/** Each token has a budget of its own, and people look through the list. */
const MOST_TOKENS = 100;

export type IssuedToken = {
  readonly status: 'active' | 'revoked';
  readonly id: string;
  readonly version: number;
  readonly workspaceId: string;
  readonly name: string;
  readonly dialect: DialectName;
  readonly scopes: Scope[];
  readonly hash: string;
  readonly preview: string;
  readonly expiresAt: Date | null;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
};
export type TokenState = { readonly status: 'absent' } | IssuedToken;

export const token: Decider<TokenState, TokenCommand, TokenEvent> = {
  initial: { status: 'absent' },

  decide(command, state) {
    switch (command.type) {
      case 'CreateToken': {
        if (state.status !== 'absent') throw new Problem('conflict', 'This token exists already.');
        refuseUnusable(command);
        const { id: tokenId, workspaceId, name, dialect, scopes, hash, preview, expiresAt } = command;
        const data = { tokenId, workspaceId, name, dialect, scopes, hash, preview };
        return [{ type: 'TokenCreated', data: { ...data, expiresAt: expiresAt?.toISOString() ?? null } }];
      }
      case 'RevokeToken': {
        const { workspaceId = state.status === 'active' ? state.workspaceId : undefined } = command;
        // Another workspace's token does not exist.
        if (state.status !== 'active' || state.workspaceId !== workspaceId)
          throw new Problem('not-found', 'No such token.');
        return [{ type: 'TokenRevoked', data: { workspaceId } }];
      }
    }
  },

  evolve(state, event) {
    const { version, recordedAt } = event;
    switch (event.type) {
      case 'TokenCreated': {
        const { tokenId: id, expiresAt, ...data } = event.data;
        const until = expiresAt === null ? null : new Date(expiresAt);
        return { status: 'active', id, version, ...data, expiresAt: until, createdAt: recordedAt, revokedAt: null };
      }
      case 'TokenRevoked':
        return state.status === 'active' ? { ...state, status: 'revoked', version, revokedAt: recordedAt } : state;
    }
  },
};

function refuseUnusable(command: Extract<TokenCommand, { type: 'CreateToken' }>): void {
  const { workspaceExists, others, expiresAt, now } = command;
  const errors = {
    ...(others >= MOST_TOKENS && { body: [`A workspace has at most ${MOST_TOKENS} live tokens.`] }),
    ...(!workspaceExists && { workspaceId: ['No such workspace.'] }),
    ...(expiresAt && expiresAt <= now && { expiresAt: ['Must lie in the future.'] }),
  };
  if (Object.keys(errors).length > 0) throw new Problem('invalid', 'The token cannot be created.', { errors });
}
