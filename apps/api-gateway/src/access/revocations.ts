import { randomUUID } from 'node:crypto';

import { type TokensEvent, tokensTopic } from '@kith/contracts/topics';
import { consume, type Consumer, type KafkaConnection } from '@kith/kafka';

import type { Verdicts } from './look-ups.ts';

type Forget = Pick<Verdicts, 'forgetToken' | 'forgetAccount'>;

/** Each process hears everything, from now on: it has nothing to forget of what was before. */
export const hearRevocations = (kafka: KafkaConnection, verdicts: Forget): Promise<Consumer> =>
  consume(kafka, {
    group: `api-gateway.${randomUUID()}`,
    topic: tokensTopic,
    fromBeginning: false,
    handle: async (messages) => {
      for (const { event } of messages) forget(verdicts, event);
    },
  });

export function forget(verdicts: Forget, event: TokensEvent): void {
  switch (event.type) {
    case 'TokenRevoked':
      return verdicts.forgetToken(event.data.tokenId);
    case 'AccountPlanChanged':
      return verdicts.forgetAccount(event.data.accountId);
    case 'TokenCreated':
      return undefined;
  }
}
