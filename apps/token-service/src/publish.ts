import type { TokensEvent } from '@kith/contracts';
import { type StoredEvent, toDomainEvent } from '@kith/event-store';
import type { Outgoing } from '@kith/kafka';

import { accountEvent } from './domain/account.ts';
import { tokenEvent } from './domain/token.ts';

/** What the topic carries of a stored event, if anything: never a secret, its hash or a name. */
export function publish(stored: StoredEvent): Outgoing<TokensEvent>[] {
  const { version, recordedAt, eventId, meta } = stored;
  const { traceparent, requestId } = meta;
  return told(stored).map(({ key, subject, event }) => ({
    key,
    subject,
    event,
    id: eventId,
    source: '/kith/token-service',
    time: recordedAt,
    sequence: version,
    ...(traceparent && { traceparent }),
    ...(requestId && { requestId }),
  }));
}

type Told = { key: string; subject: string; event: TokensEvent };

function told(stored: StoredEvent): Told[] {
  const [, category, id = ''] = /^(account|token)-(.+)$/.exec(stored.stream) ?? [];
  switch (category) {
    case 'account':
      return accountTold(id, stored).map((event) => ({ key: id, subject: `accounts/${id}`, event }));
    case 'token':
      return [{ key: id, subject: `tokens/${id}`, event: tokenTold(id, stored) }];
    default:
      throw new Error(`${stored.stream} is no stream of this service.`);
  }
}

function accountTold(accountId: string, stored: StoredEvent): TokensEvent[] {
  const event = toDomainEvent(accountEvent, stored);
  switch (event.type) {
    case 'AccountPlanChanged': {
      const { plan, effective } = event.data;
      return [{ type: 'AccountPlanChanged', data: { accountId, plan, ...effective } }];
    }
    case 'AccountCreated':
    case 'AccountRenamed':
      return [];
  }
}

function tokenTold(tokenId: string, stored: StoredEvent): TokensEvent {
  const event = toDomainEvent(tokenEvent, stored);
  switch (event.type) {
    case 'TokenCreated': {
      const { workspaceId, dialect, scopes, expiresAt } = event.data;
      return { type: 'TokenCreated', data: { tokenId, workspaceId, dialect, scopes, expiresAt } };
    }
    case 'TokenRevoked':
      return { type: 'TokenRevoked', data: { tokenId, ...event.data } };
  }
}
