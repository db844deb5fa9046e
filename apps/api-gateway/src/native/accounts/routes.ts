import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

import { createHeaders, readHeaders } from '../../access/forwarded-headers.ts';
import type { Gateway } from '../../gateway.ts';
import { toPageQuery } from '../../wire/pages.ts';
import { action, page, pageQuery, resource, toPage } from '../envelope.ts';
import { accountChange, accountParams, accountWire, newAccount } from './schemas.ts';
import { created } from '../../access/idempotency.ts';

const config = { access: { operator: true } } as const;
const tags = ['accounts'];
const params = accountParams;

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
        response: { 200: page(accountWire) },
      },
    },
    async (request) => {
      const query = toPageQuery(request.query);
      return toPage(await service.accounts(readHeaders(request), query), query, (account) => account);
    },
  );

  app.post(
    '/accounts',
    {
      config: { ...config, creates: 'lasting' },
      schema: {
        tags,
        operationId: 'createAccount',
        summary: 'Open an account',
        description: "It starts with one workspace. `limits` and `apiAccess` are merged over its plan's.",
        body: newAccount,
        response: { 201: action(accountWire) },
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
        response: { 200: resource(accountWire) },
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
        body: accountChange,
        response: { 200: action(accountWire) },
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
