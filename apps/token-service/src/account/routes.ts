import { accountId, pageQuery } from '@kith/contracts';
import { accountChange, newAccount } from '@kith/contracts/tokens';
import { idempotencyKeyOf, onBehalfOf, sendOnce } from '@kith/http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import type { Services } from '../services.ts';
import { existing } from '../existing.ts';
import { newId } from '../ids.ts';
import { toAccount } from './queries.ts';

const accountParams = z.object({ id: accountId });

export const accountRoutes: FastifyPluginAsyncZod<Services> = async (app, { accounts, queries }) => {
  app.post('/accounts', { schema: { body: newAccount } }, async (request, reply) => {
    const { name, plan, limits = null, apiAccess = null } = request.body;
    const id = newId('acc');
    // An account starts with one workspace, which bears its name.
    const workspace = { id: newId('ws'), name };
    const plans = await queries.plans.all();
    const created = await accounts.handleOnce(
      id,
      { type: 'CreateAccount', id, name, plan, limits, apiAccess, workspace },
      {
        answer: (state) => ({ status: 201, body: toAccount(existing(state), plans[plan]) }),
        idempotencyKey: idempotencyKeyOf(request),
      },
      { fresh: true, ...onBehalfOf(request).context },
    );
    return sendOnce(reply, created);
  });

  app.get('/accounts', { schema: { querystring: pageQuery } }, (request) => queries.accounts.page(request.query));

  app.get('/accounts/:id', { schema: { params: accountParams } }, (request) =>
    queries.accounts.byId(request.params.id),
  );

  app.patch('/accounts/:id', { schema: { params: accountParams, body: accountChange } }, async (request) => {
    const { name, plan, limits, apiAccess } = request.body;
    const { id } = request.params;
    const plans = await queries.plans.all();
    await accounts.handle(
      id,
      { type: 'ChangeAccount', name, plan, limits, apiAccess, plans },
      onBehalfOf(request).context,
    );
    return queries.accounts.byId(id);
  });
};
