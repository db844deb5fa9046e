import { type TokensEvent, tokensTopic } from '@kith/contracts/topics';
import { envelopeOf, type StoredEvent } from '@kith/event-store';
import type { Outgoing } from '@kith/kafka';

import { publishedAccount } from './account/published.ts';
import { publishedToken } from './token/published.ts';

/** The messages that the topic carries of a stored event, if any. */
export function toPublished(stored: StoredEvent): Outgoing<TokensEvent>[] {
  const entry = entryOf(stored);
  if (!entry) throw new Error(`${stored.stream} is no stream of this service.`);
  return entry.events().map((event) => message(stored, entry, event));
}

/** The messages with ids only, for an event that cannot be published as it is. It is not parsed: it may not be in its stored form. */
function shellOf(stored: StoredEvent): Outgoing<TokensEvent>[] {
  const entry = entryOf(stored);
  if (!entry || !isPublished(stored.type)) return [];
  return [message(stored, entry, { type: stored.type, data: entry.ids } as TokensEvent)];
}

export const published = { messagesOf: toPublished, shellOf };

const isPublished = (type: string) => tokensTopic.types.some((published) => published === type);

type Entry = {
  readonly key: string;
  readonly subject: string;
  readonly events: () => TokensEvent[];
  readonly ids: object;
};

function entryOf(stored: StoredEvent): Entry | undefined {
  const [, category, id = ''] = /^(account|token)-(.+)$/.exec(stored.stream) ?? [];
  const { workspaceId } = stored.data as { workspaceId?: string };
  switch (category) {
    case 'account':
      return { key: id, subject: `accounts/${id}`, events: () => publishedAccount(id, stored), ids: { accountId: id } };
    case 'token':
      return {
        key: id,
        subject: `tokens/${id}`,
        events: () => publishedToken(id, stored),
        ids: { tokenId: id, workspaceId },
      };
    default:
      return undefined;
  }
}

const message = (stored: StoredEvent, { key, subject }: Entry, event: TokensEvent): Outgoing<TokensEvent> => ({
  ...envelopeOf(stored),
  source: '/kith/token-service',
  key,
  subject,
  event,
});
