import { type ProblemContext, type HttpProblem, type ProblemAnswer, problemJson } from '@kith/http';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { authenticate } from '../access/authorize.ts';
import { messageOf } from '../dialects/wisedata/mapping.ts';
import type { Gateway } from '../gateway.ts';
import { accounts } from './accounts/routes.ts';
import { contactLists } from './contact-lists/routes.ts';
import { contacts } from './contacts/routes.ts';
import { listMembers } from './contact-lists/member-routes.ts';
import { me } from './me.ts';
import { tokens } from './tokens/routes.ts';

const noQuery = z.strictObject({});

/** Our own API: WiseData's, grown. */
export const native: FastifyPluginAsyncZod<Gateway> = async (app, gateway) => {
  app.addHook('onRequest', authenticate(gateway.contexts));
  // Unknown members of a query are refused by name, where none are known too.
  app.addHook('onRoute', (route) => {
    route.schema = { querystring: noQuery, ...route.schema };
  });
  for (const resource of [contacts, contactLists, listMembers, tokens, me, accounts]) {
    await app.register(resource, { ...gateway, prefix: '/api/v1' });
  }
};

/** RFC 9457, with WiseData's `message` (WD-33). */
export function nativeProblem(problem: HttpProblem, context: ProblemContext): ProblemAnswer {
  const { headers, body } = problemJson(problem, context);
  return { headers, body: { message: messageOf(problem), ...body } };
}
