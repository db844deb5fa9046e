import type { TokensEvent } from '@kith/contracts/topics';
import { type StoredEvent, toDomainEvent } from '@kith/event-store';

import { accountEvent } from './account.ts';

/** The events that the topic carries of an account's stored event: none has a name in it. */
export function publishedAccount(accountId: string, stored: StoredEvent): TokensEvent[] {
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
