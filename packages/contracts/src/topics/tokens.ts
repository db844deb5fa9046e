import { z } from 'zod';

import { dialectName, scope } from '../principal.ts';
import { planName, toldLimits } from '../tokens/plan.ts';
import { accountId, timestamp, tokenId, workspaceId } from '../values.ts';
import type { Topic } from './topic.ts';

export const tokensEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('TokenCreated'),
    data: z.union([
      z.object({
        tokenId,
        workspaceId,
        dialect: dialectName,
        scopes: z.array(scope),
        expiresAt: timestamp.nullable(),
      }),
      z.strictObject({ tokenId, workspaceId }),
    ]),
  }),
  z.object({ type: z.literal('TokenRevoked'), data: z.object({ tokenId, workspaceId }) }),
  z.object({
    type: z.literal('AccountPlanChanged'),
    data: z.union([
      z.object({ accountId, plan: planName, limits: toldLimits, apiAccess: z.array(dialectName) }),
      z.strictObject({ accountId }),
    ]),
  }),
]);
export type TokensEvent = z.infer<typeof tokensEvent>;

export const tokensTopic: Topic<TokensEvent> = {
  name: 'tokens.v1',
  schema: tokensEvent,
  types: tokensEvent.options.map(({ shape }) => shape.type.value),
};
