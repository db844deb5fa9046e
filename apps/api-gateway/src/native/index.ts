import { problemJson } from '@kith/http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { bearerToken } from '../access/credentials.ts';
import { readsAndWrites } from '../budgets/reads-and-writes.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Gateway } from '../gateway.ts';
import { accounts } from './accounts/routes.ts';
import { listMembers } from './contact-lists/member-routes.ts';
import { contactLists } from './contact-lists/routes.ts';
import { contacts } from './contacts/routes.ts';
import { me } from './me/routes.ts';
import { tokens } from './tokens/routes.ts';
import { messageOf } from '../wire/messages.ts';

const noQuery = z.strictObject({});

const routes: FastifyPluginAsyncZod<Gateway> = async (app, gateway) => {
  // Unknown members of a query are refused by name, also by a route that knows none.
  app.addHook('onRoute', (route) => {
    route.schema = { querystring: noQuery, ...route.schema };
  });
  for (const resource of [contacts, contactLists, listMembers, tokens, me, accounts]) {
    await app.register(resource, { ...gateway, prefix: '/api/v1' });
  }
};

/** RFC 9457, with WiseData's `message` (WD-33). */
const problem: Dialect['problem'] = (refused, request) => {
  const { headers, body } = problemJson(refused, request);
  return { headers, body: { message: messageOf(refused), ...body } };
};

/** Our own API: WiseData's, grown. */
export const native: Dialect = {
  name: 'native',
  credential: bearerToken,
  windows: readsAndWrites,
  problem,
  plugin: routes,
};
