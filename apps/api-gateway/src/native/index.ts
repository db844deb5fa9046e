import { type HttpProblem, type ProblemAnswer, problemJson } from '@kith/http';
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

import { authenticate } from '../auth.ts';
import { messageOf } from '../dialects/wisedata/mapping.ts';
import type { Gateway } from '../gateway.ts';
import { accounts } from './accounts.ts';
import { contactLists } from './contact-lists.ts';
import { contacts } from './contacts.ts';
import { tokens } from './tokens.ts';

/** Our own API: WiseData's, grown. */
export const native: FastifyPluginAsyncZod<Gateway> = async (app, gateway) => {
  app.addHook('onRequest', authenticate(gateway.conversations));
  for (const resource of [contactLists, contacts, tokens, accounts]) {
    await app.register(resource, { ...gateway, prefix: '/api/v1' });
  }
};

/** RFC 9457, with WiseData's `message` (WD-33). */
export function nativeProblem(problem: HttpProblem, request: FastifyRequest): ProblemAnswer {
  const { headers, body } = problemJson(problem, request);
  return { headers, body: { message: messageOf(problem), ...body } };
}
