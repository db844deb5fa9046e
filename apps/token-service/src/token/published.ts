import type { TokensEvent } from '@kith/contracts/topics';
import { type StoredEvent, toDomainEvent } from '@kith/event-store';

import { tokenEvent } from './token.ts';

/** The events that the topic carries of a token's stored event: none has a secret, its hash or a name in it. */
export function publishedToken(tokenId: string, stored: StoredEvent): TokensEvent[] {
  const event = toDomainEvent(tokenEvent, stored);
  switch (event.type) {
    case 'TokenCreated': {
      const { workspaceId, dialect, scopes, expiresAt } = event.data;
      return [{ type: 'TokenCreated', data: { tokenId, workspaceId, dialect, scopes, expiresAt } }];
    }
    case 'TokenRevoked':
      return [{ type: 'TokenRevoked', data: { tokenId, ...event.data } }];
  }
}
