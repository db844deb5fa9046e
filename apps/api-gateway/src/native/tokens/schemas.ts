import { createdToken, newToken as newTokenBody, token } from '@kith/contracts/tokens';
import { tokenId, workspaceId } from '@kith/contracts';
import { z } from 'zod';

import { pageQuery } from '../envelope.ts';
import { EXAMPLE } from '../examples.ts';

export const tokenParams = z.object({ tokenId });
export const tokenPageQuery = pageQuery.extend({ workspaceId: workspaceId.optional() });

const tokenExample = {
  id: EXAMPLE.tokenId,
  name: 'CRM integration',
  preview: '0aZ9',
  workspaceId: EXAMPLE.workspaceId,
  dialect: 'native',
  scopes: ['contacts.readonly', 'contacts.write'],
  createdAt: EXAMPLE.time,
  lastUsedAt: '2026-06-06T08:15:30.000Z',
  expiresAt: null,
};
export const tokenWire = token.meta({ id: 'Token', example: tokenExample });
export const createdTokenWire = createdToken.extend({ token: z.exactOptional(createdToken.shape.token) }).meta({
  id: 'CreatedToken',
  description: 'With the token itself, unless the answer is a replay: it is shown once.',
  // Its checksum is wrong, so no scanner takes it for a leaked token.
  example: { ...tokenExample, lastUsedAt: null, token: `kith_${'0'.repeat(34)}0aZ9` },
});

export const newToken = newTokenBody.meta({
  example: { name: 'CRM integration', scopes: ['contacts.readonly', 'contacts.write'] },
});
