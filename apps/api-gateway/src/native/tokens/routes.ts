import { type FieldErrors, Problem, tokenId, workspaceId } from '@kith/contracts';
import { newToken, type TokenInfo } from '@kith/contracts/tokens';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { toHttpProblem } from '@kith/http';
import type { FastifyRequest } from 'fastify';
import { principalOf } from '../../access/principal.ts';
import { createHeaders, readHeaders } from '../../access/forwarded-headers.ts';
import { askedOf } from '../../dialects/wisedata/mapping.ts';
import type { Gateway } from '../../gateway.ts';
import { created } from '../../access/idempotency.ts';
import { toPage } from '../mapping.ts';
import { createdTokenWire, done, one, pageOf, pageQuery, told, tokenWire } from '../schemas.ts';

const config = { access: { scope: 'tokens.admin', operator: true } } as const;
const tags = ['tokens'];
const params = z.object({ tokenId });

/** The one workspace a principal may see the tokens of; undefined for the operator, who may see all. */
function ownOf(request: FastifyRequest): string | undefined {
  const principal = principalOf(request);
  return principal === 'operator' ? undefined : principal.workspaceId;
}

export const tokens: FastifyPluginAsyncZod<Gateway> = async (app, { tokens: service, tokenCache }) => {
  const querystring = pageQuery.extend({ workspaceId: workspaceId.optional() });
  app.get(
    '/tokens',
    {
      config,
      schema: {
        tags,
        operationId: 'listTokens',
        summary: 'Tokens, newest first',
        description: 'Of the own workspace; for the operator, of the one named, or of all.',
        querystring,
        response: { 200: pageOf(tokenWire) },
      },
    },
    async (request) => {
      const workspace = reach(ownOf(request), request.query.workspaceId);
      const asked = { ...askedOf(request.query), workspaceId: workspace };
      return toPage(await service.tokens(readHeaders(request), asked), asked, (token) => token);
    },
  );

  app.get(
    '/tokens/:tokenId',
    {
      config,
      schema: { tags, operationId: 'getToken', summary: 'Read a token', params, response: { 200: one(tokenWire) } },
    },
    async (request) => ({
      data: await service.token(readHeaders(request), request.params.tokenId, ownOf(request)),
    }),
  );

  const body = newToken.meta({
    example: { name: 'CRM integration', scopes: ['contacts.readonly', 'contacts.write'] },
  });
  app.post(
    '/tokens',
    {
      config,
      // A token need not name its own workspace, nor its own end; whoever leaves out more than that is told of all of it at once.
      preValidation: async (request) => {
        const principal = principalOf(request);
        if (principal === 'operator' || !isObject(request.body)) return;
        const { workspaceId: own, expiresAt } = principal;
        request.body = Object.assign({ workspaceId: own, expiresAt }, request.body);
      },
      attachValidation: true,
      preHandler: refuseAtOnce,
      schema: {
        tags,
        operationId: 'createToken',
        summary: 'Create a token',
        description:
          'A token creates in its own workspace, which it need not name, and nothing that outlives it: without `expiresAt` the new one ends with it. A workspace has at most 100 live tokens.',
        body,
        response: { 201: done(createdTokenWire) },
      },
    },
    async (request, reply) => {
      reach(ownOf(request), request.body.workspaceId);
      const token = created(reply, await service.createToken(createHeaders(request), request.body));
      return { message: 'Token created successfully.', data: token };
    },
  );

  app.delete(
    '/tokens/:tokenId',
    {
      config,
      schema: {
        tags,
        operationId: 'revokeToken',
        summary: 'Revoke a token',
        params,
        response: { 200: told },
      },
    },
    async (request) => {
      const { tokenId: id } = request.params;
      await service.revokeToken(readHeaders(request), id, ownOf(request));
      // T-15: here at once; the other replicas hear of it over Kafka.
      tokenCache.forgetToken(id);
      return { message: 'Token revoked successfully.' };
    },
  );
};

/** Names it beside all else that is wrong with the request. */
async function refuseAtOnce(request: FastifyRequest): Promise<void> {
  const { validationError, body } = request;
  const principal = principalOf(request);
  const invalid = validationError && toHttpProblem(validationError);
  const errors = { ...invalid?.errors, ...(principal !== 'operator' && excessOf(body, principal)) };
  if (Object.keys(errors).length > 0)
    throw new Problem('invalid', invalid?.detail ?? 'The given data is invalid.', { errors });
}

/** Nobody gives away what they do not hold, nor for longer (TK-5). Members are judged as they are, be the rest of the body valid or not. */
function excessOf(body: unknown, maker: TokenInfo): FieldErrors {
  if (!isObject(body)) return {};
  const { shape } = newToken;
  const scopes = shape.scopes.safeParse(Reflect.get(body, 'scopes')).data ?? [];
  const beyond = scopes.filter((scope) => !maker.scopes.includes(scope));
  const expiresAt = shape.expiresAt.safeParse(Reflect.get(body, 'expiresAt'));
  return {
    ...(beyond.length > 0 && { scopes: beyond.map((scope) => `This token lacks ${scope} itself.`) }),
    ...(expiresAt.success &&
      endOf(expiresAt.data) > endOf(maker.expiresAt) && {
        expiresAt: [`Must not lie after the end of this token itself, ${maker.expiresAt}.`],
      }),
  };
}

const endOf = (expiresAt: string | null) => (expiresAt === null ? Infinity : Date.parse(expiresAt));

/** The workspace asked for, where it may be; another's does not exist. */
function reach(own: string | undefined, asked: string | undefined): string | undefined {
  if (own !== undefined && asked !== undefined && asked !== own) throw new Problem('not-found', 'No such workspace.');
  return own ?? asked;
}

const isObject = (body: unknown): body is object => typeof body === 'object' && body !== null && !Array.isArray(body);
