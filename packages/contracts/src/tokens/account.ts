import { z } from 'zod';

import { dialectName } from '../principal.ts';
import { accountId, setOf, text, timestamp, workspaceId } from '../values.ts';
import { limits, planName } from './plan.ts';

export const account = z.object({
  id: accountId,
  name: text(1, 100),
  plan: planName,
  /** The plan's, with the account's own merged over them. */
  limits,
  apiAccess: z.array(dialectName),
  workspaces: z.array(z.object({ id: workspaceId, name: text(1, 100) })),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type Account = z.infer<typeof account>;

const overrides = {
  limits: limits.nullable().optional(),
  apiAccess: setOf(dialectName).nullable().optional(),
};

export const newAccount = z.strictObject({ name: text(1, 100), plan: planName, ...overrides });
export type NewAccount = z.infer<typeof newAccount>;

/** `null` clears an override. */
export const accountChange = z.strictObject({
  name: text(1, 100).optional(),
  plan: planName.optional(),
  ...overrides,
});
export type AccountChange = z.infer<typeof accountChange>;
