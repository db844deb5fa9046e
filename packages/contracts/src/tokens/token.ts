import { z } from 'zod';

import { dialectName, scope } from '../principal.ts';
import { accountId, atMost, setOf, text, timestamp, tokenId, workspaceId } from '../values.ts';
import { limits, planName } from './plan.ts';

/** A token as it may be shown at any time. */
export const token = z.object({
  id: tokenId,
  name: text(1, 100),
  /** Its last four characters. */
  preview: z.string(),
  workspaceId,
  dialect: dialectName,
  scopes: z.array(scope),
  createdAt: timestamp,
  lastUsedAt: timestamp.nullable(),
  expiresAt: timestamp.nullable(),
});
export type Token = z.infer<typeof token>;

/** The one answer that holds the secret. */
export const createdToken = token.extend({ token: z.string() });
export type CreatedToken = z.infer<typeof createdToken>;

/** RFC 3339 and PostgreSQL's text form of a time end with it. A time with an offset may lie beyond. */
const LAST_MOMENT = Date.parse('9999-12-31T23:59:59.999Z');

export const newToken = z.strictObject({
  name: text(1, 100),
  workspaceId,
  dialect: dialectName.default('native'),
  scopes: setOf(scope, { min: 1 }).default(['contacts.readonly', 'contacts.write']),
  expiresAt: atMost(64)
    .check(z.iso.datetime({ offset: true, error: 'Must be an RFC 3339 time.' }))
    .refine((time) => !(Date.parse(time) > LAST_MOMENT), 'Must lie before the year 10000 in UTC.')
    .nullable()
    .default(null),
});
export type NewToken = z.input<typeof newToken>;

/** The answer to an introspection (RFC 7662): the gateway lets a bearer in by it. It asks by hash, so the secret stays where it arrived. */
export const tokenInfo = z.object({
  tokenId,
  workspaceId,
  accountId,
  name: z.string(),
  dialect: dialectName,
  scopes: z.array(scope),
  expiresAt: timestamp.nullable(),
  plan: planName,
  limits,
  apiAccess: z.array(dialectName),
});
export type TokenInfo = z.infer<typeof tokenInfo>;

/** SHA-256 of a token, in lower-case hex. */
export const tokenHash = atMost(64).regex(/^[0-9a-f]{64}$/);
