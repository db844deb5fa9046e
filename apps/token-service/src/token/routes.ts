import { hash, randomBytes } from 'node:crypto';

import { pageQuery, tokenId, workspaceId } from '@kith/contracts';
import { formatToken, newToken, TOKEN_RANDOM_BYTES, tokenHash } from '@kith/contracts/tokens';
import { idempotencyKeyOf, onBehalfOf, sendOnce } from '@kith/http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import type { Services } from '../services.ts';
import { existing } from '../existing.ts';
import { newId } from '../ids.ts';
import { toToken } from './representation.ts';

const PREVIEW_LENGTH = 4;

const tokenParams = z.object({ id: tokenId });
/** Restricts a request to the tokens of one workspace; the operator names none. */
const ofWorkspace = z.object({ workspaceId: workspaceId.optional() });

export const tokenRoutes: FastifyPluginAsyncZod<Services> = async (app, { tokens }) => {
  // Every dialect is accepted. Wisepops signs its webhooks with the token itself. The sealed copy for that comes with webhooks; a token made
  // before then cannot sign.
  app.post('/tokens', { schema: { body: newToken } }, async (request, reply) => {
    const secret = formatToken(randomBytes(TOKEN_RANDOM_BYTES));
    const id = newId('tok');
    const { expiresAt, ...body } = request.body;
    const created = await tokens.handleOnce(
      id,
      {
        type: 'CreateToken',
        id,
        ...body,
        ...(await tokens.beforeCreating(body.workspaceId)),
        hash: hash('sha256', secret, 'hex'),
        preview: secret.slice(-PREVIEW_LENGTH),
        expiresAt: expiresAt === null ? null : new Date(expiresAt),
        now: new Date(),
      },
      {
        answer: (state) => ({ status: 201, body: toToken(existing(state), null) }),
        idempotencyKey: idempotencyKeyOf(request),
      },
      { fresh: true, ...onBehalfOf(request).context },
    );
    if (created.replayed) return sendOnce(reply, created);
    // The secret is added after the answer is stored: what is kept for a replay must not hold it.
    return sendOnce(reply, { ...created, body: Object.assign({}, created.body, { token: secret }) });
  });

  app.get('/tokens', { schema: { querystring: ofWorkspace.extend(pageQuery.shape) } }, (request) =>
    tokens.page(request.query.workspaceId, request.query),
  );

  app.get('/tokens/:id', { schema: { params: tokenParams, querystring: ofWorkspace } }, (request) =>
    tokens.byId(request.params.id, request.query.workspaceId),
  );

  app.delete('/tokens/:id', { schema: { params: tokenParams, querystring: ofWorkspace } }, async (request, reply) => {
    const { workspaceId: within } = request.query;
    await tokens.handle(request.params.id, { type: 'RevokeToken', workspaceId: within }, onBehalfOf(request).context);
    return reply.code(204).send();
  });

  app.post('/tokens/introspect', { schema: { body: z.strictObject({ hash: tokenHash }) } }, async (request, reply) => {
    const { info, useIsNews } = await tokens.introspect(request.body.hash);
    if (useIsNews) {
      reply.raw.once('finish', () => {
        tokens.noteUse(info.tokenId).catch((err: unknown) => request.log.error({ err }, 'noting the use of a token'));
      });
    }
    return info;
  });
};
