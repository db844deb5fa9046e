import { z } from 'zod';

import { dialectName, scope } from '../principal.ts';
import { planName } from '../tokens/plan.ts';
import { accountId, timestamp, tokenId, workspaceId } from '../values.ts';
import type { Topic } from './topic.ts';

/** A number of calls in a window; null is without limit. */
const calls = z.int().nullable();

const publishedLimits = z.object({
  native: z.object({ readsPerMinute: calls, writesPerMinute: calls }).partial().optional(),
  wisepops: z.object({ callsPer30Days: calls }).partial().optional(),
  leadconnector: z.object({ callsPer10Seconds: calls, callsPerDay: calls }).partial().optional(),
  consuelo: z.object({ callsPerMinute: calls, callsPerDay: calls }).partial().optional(),
  waply: z.object({ callsPerMinute: calls }).partial().optional(),
});

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
      z.object({ accountId, plan: planName, limits: publishedLimits, apiAccess: z.array(dialectName) }),
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
