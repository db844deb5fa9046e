import { type TokensEvent, tokensTopic } from '@kith/contracts/topics';
import { type StoredEvent, toDomainEvent } from '@kith/event-store';
import type { Outgoing } from '@kith/kafka';

import { accountEvent } from './account/account.ts';
import { tokenEvent } from './token/token.ts';

/** What the topic carries of a stored event, if anything: never a secret, its hash or a name. */
export function publish(stored: StoredEvent): Outgoing<TokensEvent>[] {
  const subject = subjectOf(stored.stream);
  if (!subject) throw new Error(`${stored.stream} is no stream of this service.`);
  const { category, id } = subject;
  const events = category === 'account' ? accountTold(id, stored) : [tokenTold(id, stored)];
  return events.map((event) => message(stored, subject, event));
}

/** The same by ids alone, of an event that cannot be told as it is. Not parsed: it is told where nothing else can be. */
function shell(stored: StoredEvent): Outgoing<TokensEvent>[] {
  const subject = subjectOf(stored.stream);
  if (!subject || !isTold(stored.type)) return [];
  const { workspaceId } = stored.data as { workspaceId: string };
  const data = subject.category === 'account' ? { accountId: subject.id } : { tokenId: subject.id, workspaceId };
  return [message(stored, subject, { type: stored.type, data } as TokensEvent)];
}

export const told = { messagesOf: publish, shellOf: shell };

const isTold = (type: string) => tokensTopic.types.some((told) => told === type);

type Subject = { readonly category: 'account' | 'token'; readonly id: string; readonly path: string };

function subjectOf(stream: string): Subject | undefined {
  const [, category, id = ''] = /^(account|token)-(.+)$/.exec(stream) ?? [];
  return category === 'account' || category === 'token' ? { category, id, path: `${category}s/${id}` } : undefined;
}

function message(stored: StoredEvent, { id: key, path }: Subject, event: TokensEvent): Outgoing<TokensEvent> {
  const { version, recordedAt, eventId, meta } = stored;
  const { traceparent, requestId } = meta;
  return {
    key,
    subject: path,
    event,
    id: eventId,
    source: '/kith/token-service',
    time: recordedAt,
    sequence: version,
    ...(traceparent && { traceparent }),
    ...(requestId && { requestId }),
  };
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
