import { accountId, pageQuery } from '@kith/contracts';
import { accountChange, newAccount } from '@kith/contracts/tokens';
import { idempotencyKeyOf, onBehalfOf, sendOnce } from '@kith/http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import type { Services } from '../services.ts';
import { existing } from '../existing.ts';
import { newId } from '../ids.ts';
import { toAccount } from './representation.ts';

const accountParams = z.object({ id: accountId });

export const accountRoutes: FastifyPluginAsyncZod<Services> = async (app, { accounts, plans }) => {
  app.post('/accounts', { schema: { body: newAccount } }, async (request, reply) => {
    const { name, plan, limits = null, apiAccess = null } = request.body;
    const id = newId('acc');
    // An account starts with one workspace of the same name.
    const workspace = { id: newId('ws'), name };
    const allPlans = await plans.all();
    const created = await accounts.handleOnce(
      id,
      { type: 'CreateAccount', id, name, plan, limits, apiAccess, workspace },
      {
        answer: (state) => ({ status: 201, body: toAccount(existing(state), allPlans[plan]) }),
        idempotencyKey: idempotencyKeyOf(request),
      },
      { fresh: true, ...onBehalfOf(request).context },
    );
    return sendOnce(reply, created);
  });

  app.get('/accounts', { schema: { querystring: pageQuery } }, (request) => accounts.page(request.query));

  app.get('/accounts/:id', { schema: { params: accountParams } }, (request) => accounts.byId(request.params.id));

  app.patch('/accounts/:id', { schema: { params: accountParams, body: accountChange } }, async (request) => {
    const { name, plan, limits, apiAccess } = request.body;
    const { id } = request.params;
    const allPlans = await plans.all();
    await accounts.handle(
      id,
      { type: 'ChangeAccount', name, plan, limits, apiAccess, plans: allPlans },
      onBehalfOf(request).context,
    );
    return accounts.byId(id);
  });
};
