import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

import { callerOf } from '../caller.ts';
import { contactParams } from '../dialects/wisedata/schemas.ts';
import type { Gateway } from '../gateway.ts';
import { toContact } from './mapping.ts';
import { contactWire, one } from './schemas.ts';

const constraints = { dialect: 'native' };
const tags = ['contacts'];

export const contacts: FastifyPluginAsyncZod<Gateway> = async (app, { contacts: service }) => {
  app.get(
    '/contacts/:contactId',
    {
      constraints,
      config: { access: { scope: 'contacts.readonly' } },
      schema: { tags, summary: 'Read a contact', params: contactParams, response: { 200: one(contactWire) } },
    },
    async (request) => ({ data: toContact(await service.byId(callerOf(request), request.params.contactId)) }),
  );
};
