import { accountId } from '@kith/contracts';
import { accountChange, newAccount } from '@kith/contracts/tokens';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { createHeaders, readHeaders } from '../../access/forwarded-headers.ts';
import { askedOf } from '../../dialects/wisedata/mapping.ts';
import type { Gateway } from '../../gateway.ts';
import { created } from '../../access/idempotency.ts';
import { toPage } from '../mapping.ts';
import { accountWire, done, one, pageOf, pageQuery } from '../schemas.ts';

const config = { access: { operator: true } } as const;
const tags = ['accounts'];
const params = z.object({ accountId });

/** For the operator of the installation. */
export const accounts: FastifyPluginAsyncZod<Gateway> = async (app, { tokens: service, tokenCache }) => {
  app.get(
    '/accounts',
    {
      config,
      schema: {
        tags,
        operationId: 'listAccounts',
        summary: 'Accounts, oldest first',
        querystring: pageQuery,
        response: { 200: pageOf(accountWire) },
      },
    },
    async (request) => {
      const asked = askedOf(request.query);
      return toPage(await service.accounts(readHeaders(request), asked), asked, (account) => account);
    },
  );

  const body = newAccount.meta({
    example: { name: 'Analytical Engines', plan: 'business', limits: { native: { readsPerMinute: 120 } } },
  });
  app.post(
    '/accounts',
    {
      config,
      schema: {
        tags,
        operationId: 'createAccount',
        summary: 'Open an account',
        description: "It starts with one workspace. `limits` and `apiAccess` are merged over its plan's.",
        body,
        response: { 201: done(accountWire) },
      },
    },
    async (request, reply) => {
      const account = created(reply, await service.createAccount(createHeaders(request), request.body));
      return { message: 'Account created successfully.', data: account };
    },
  );

  app.get(
    '/accounts/:accountId',
    {
      config,
      schema: {
        tags,
        operationId: 'getAccount',
        summary: 'Read an account',
        params,
        response: { 200: one(accountWire) },
      },
    },
    async (request) => ({ data: await service.account(readHeaders(request), request.params.accountId) }),
  );

  app.patch(
    '/accounts/:accountId',
    {
      config,
      schema: {
        tags,
        operationId: 'updateAccount',
        summary: 'Change an account',
        description: 'Takes effect at once. `null` clears an override.',
        params,
        body: accountChange.meta({ example: { plan: 'enterprise', limits: null } }),
        response: { 200: done(accountWire) },
      },
    },
    async (request) => {
      const { accountId: id } = request.params;
      const account = await service.changeAccount(readHeaders(request), id, request.body);
      tokenCache.forgetAccount(id);
      return { message: 'Account updated successfully.', data: account };
    },
  );
};
