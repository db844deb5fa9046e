import { randomUUID } from 'node:crypto';

import { type TokensEvent, tokensTopic } from '@kith/contracts/topics';
import { consume, type Consumer, type KafkaConnection } from '@kith/kafka';

import type { LookUps } from './look-ups.ts';

type Forget = Pick<LookUps, 'forgetToken' | 'forgetAccount'>;

/** Each process hears everything, from now on: it has nothing to forget of what was before. */
export const hearRevocations = (kafka: KafkaConnection, tokenCache: Forget): Promise<Consumer> =>
  consume(kafka, {
    group: `api-gateway.${randomUUID()}`,
    topic: tokensTopic,
    fromBeginning: false,
    handle: async (messages) => {
      for (const { event } of messages) forget(tokenCache, event);
    },
  });

export function forget(tokenCache: Forget, event: TokensEvent): void {
  switch (event.type) {
    case 'TokenRevoked':
      return tokenCache.forgetToken(event.data.tokenId);
    case 'AccountPlanChanged':
      return tokenCache.forgetAccount(event.data.accountId);
    case 'TokenCreated':
      return undefined;
  }
}
