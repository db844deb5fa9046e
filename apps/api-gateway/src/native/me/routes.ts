import { Problem } from '@kith/contracts';
import type { TokenInfo } from '@kith/contracts/tokens';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { z } from 'zod';

import { principalOf } from '../../access/principal.ts';
import type { Gateway } from '../../gateway.ts';
import { resource } from '../envelope.ts';
import { meWire } from './schemas.ts';

export const me: FastifyPluginAsyncZod<Gateway> = async (app) => {
  app.get(
    '/me',
    {
      config: { access: { anyToken: true } },
      schema: {
        tags: ['tokens'],
        operationId: 'getMe',
        summary: 'Who am I, and what may I do',
        response: { 200: resource(meWire) },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      if (principal === 'operator') throw new Problem('forbidden', 'The key of the operator is no token.');
      return { data: toMe(principal) };
    },
  );
};

const toMe = (info: TokenInfo): z.infer<typeof meWire> => {
  const { tokenId: id, name, dialect, scopes, workspaceId, expiresAt, plan, limits } = info;
  return { id, name, dialect, scopes, workspaceId, expiresAt, plan, limits };
};
