import { type FieldErrors, Problem } from '@kith/contracts';
import type { TokenInfo } from '@kith/contracts/tokens';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

import { toHttpProblem } from '@kith/http';
import type { FastifyRequest } from 'fastify';
import { principalOf } from '../../access/principal.ts';
import { createHeaders, readHeaders } from '../../access/forwarded-headers.ts';
import type { Gateway } from '../../gateway.ts';
import { toPageQuery } from '../../wire/pages.ts';
import { action, message, page, resource, toPage } from '../envelope.ts';
import { createdTokenWire, newToken, tokenPageQuery, tokenParams, tokenWire } from './schemas.ts';
import { created } from '../../access/idempotency.ts';

const config = { access: { scope: 'tokens.admin', operator: true } } as const;
const tags = ['tokens'];
const params = tokenParams;

/** The one workspace a principal may see the tokens of; undefined for the operator, who may see all. */
function ownOf(request: FastifyRequest): string | undefined {
  const principal = principalOf(request);
  return principal === 'operator' ? undefined : principal.workspaceId;
}

export const tokens: FastifyPluginAsyncZod<Gateway> = async (app, { tokens: service, tokenCache }) => {
  app.get(
    '/tokens',
    {
      config: { ...config, namesOthers: true },
      schema: {
        tags,
        operationId: 'listTokens',
        summary: 'Tokens, newest first',
        description: 'Of the own workspace; for the operator, of the one named, or of all.',
        querystring: tokenPageQuery,
        response: { 200: page(tokenWire) },
      },
    },
    async (request) => {
      const workspace = reach(ownOf(request), request.query.workspaceId);
      const query = { ...toPageQuery(request.query), workspaceId: workspace };
      return toPage(await service.tokens(readHeaders(request), query), query, (token) => token);
    },
  );

  app.get(
    '/tokens/:tokenId',
    {
      config,
      schema: {
        tags,
        operationId: 'getToken',
        summary: 'Read a token',
        params,
        response: { 200: resource(tokenWire) },
      },
    },
    async (request) => ({
      data: await service.token(readHeaders(request), request.params.tokenId, ownOf(request)),
    }),
  );

  app.post(
    '/tokens',
    {
      config: { ...config, creates: 'lasting', namesOthers: true },
      // A token need not name its own workspace, nor its own end; whoever leaves out more than that is message of all of it at once.
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
        body: newToken,
        response: { 201: action(createdTokenWire) },
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
        response: { 200: message },
      },
    },
    async (request) => {
      const { tokenId: id } = request.params;
      await service.revokeToken(readHeaders(request), id, ownOf(request));
      // T-15: this replica forgets it at once; the others hear of it over Kafka.
      tokenCache.forgetToken(id);
      return { message: 'Token revoked successfully.' };
    },
  );
};

/** Names what the maker may not give away together with everything else that is wrong with the request. */
async function refuseAtOnce(request: FastifyRequest): Promise<void> {
  const { validationError, body } = request;
  const principal = principalOf(request);
  const invalid = validationError && toHttpProblem(validationError);
  const errors = { ...invalid?.errors, ...(principal !== 'operator' && excessOf(body, principal)) };
  if (Object.keys(errors).length > 0)
    throw new Problem('invalid', invalid?.detail ?? 'The given data is invalid.', { errors });
}

/** Nobody gives away what they do not hold, nor for longer (TK-5). Each member is judged, even if the rest of the body is not valid. */
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

/** The workspace that is named, or the own one. Another tenant's does not exist. */
function reach(own: string | undefined, named: string | undefined): string | undefined {
  if (own !== undefined && named !== undefined && named !== own) throw new Problem('not-found', 'No such workspace.');
  return own ?? named;
}

const isObject = (body: unknown): body is object => typeof body === 'object' && body !== null && !Array.isArray(body);
