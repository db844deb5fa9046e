import { tokenId } from '@kith/contracts';
import { tokenInfo } from '@kith/contracts/tokens';

import { EXAMPLE } from '../examples.ts';

/** The bearer: what `GET /tokens` says of the token, and what it may do. */
export const meWire = tokenInfo
  .pick({ name: true, dialect: true, scopes: true, workspaceId: true, expiresAt: true, plan: true, limits: true })
  .extend({ id: tokenId })
  .meta({
    id: 'Me',
    example: {
      id: EXAMPLE.tokenId,
      name: 'CRM integration',
      dialect: 'native',
      scopes: ['contacts.readonly', 'contacts.write'],
      workspaceId: EXAMPLE.workspaceId,
      expiresAt: null,
      plan: 'business',
      limits: EXAMPLE.limits,
    },
  });
