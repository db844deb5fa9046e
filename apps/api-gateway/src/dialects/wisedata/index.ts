import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { bearerToken } from '../../access/credentials.ts';
import { createHeaders, readHeaders } from '../../access/forwarded-headers.ts';
import { emptyBodyIsNoChange } from '../../empty-body.ts';
import { created } from '../../access/idempotency.ts';
import { readsAndWrites } from '../../budgets/reads-and-writes.ts';
import type { Gateway } from '../../gateway.ts';
import type { Dialect } from '../dialect.ts';
import { askedOf, messageOf, pageMeta, toContact, toContactList, wholeMeta } from './mapping.ts';
import * as wire from './schemas.ts';

const reads = { access: { scope: 'contacts.readonly' } } as const;
const writes = { access: { scope: 'contacts.write' } } as const;

const routes: FastifyPluginAsyncZod<Gateway> = async (app, { contacts, isDisposable }) => {
  // WD-10
  app.get('/api/v1/contact-lists/all', { config: reads }, async (request) => {
    const lists = await contacts.allLists(readHeaders(request));
    return { data: lists.map(toContactList), meta: wholeMeta(lists.length) };
  });

  // WD-11
  const querystring = z.object(wire.contactPageQuery);
  app.get(
    '/api/v1/contact-lists/:listId/contacts',
    { config: reads, schema: { params: wire.listParams, querystring } },
    async (request) => {
      const asked = askedOf(request.query);
      const { items, total } = await contacts.pageOfList(readHeaders(request), request.params.listId, asked);
      return { data: items.map(toContact), meta: pageMeta(asked, total) };
    },
  );

  // WD-12, WD-22
  const body = z.object(wire.newContact(isDisposable));
  app.post(
    '/api/v1/contact-lists/:listId/contacts',
    { config: writes, schema: { params: wire.listParams, body } },
    async (request, reply) => {
      const answer = await contacts.createInList(createHeaders(request), request.params.listId, request.body);
      return { message: 'Contact created successfully.', data: toContact(created(reply, answer)) };
    },
  );

  // WD-13
  app.get(
    '/api/v1/contacts/:contactId',
    { config: reads, schema: { params: wire.contactParams } },
    async (request) => ({ data: toContact(await contacts.byId(readHeaders(request), request.params.contactId)) }),
  );

  // WD-14, WD-25
  app.put(
    '/api/v1/contacts/:contactId',
    {
      config: writes,
      preValidation: emptyBodyIsNoChange,
      schema: { params: wire.contactParams, body: z.object(wire.contactChange(isDisposable)) },
    },
    async (request) => {
      const changed = await contacts.change(readHeaders(request), request.params.contactId, request.body);
      return { message: 'Contact updated successfully.', data: toContact(changed) };
    },
  );

  // WD-15, WD-25
  app.delete(
    '/api/v1/contacts/:contactId',
    { config: writes, schema: { params: wire.contactParams } },
    async (request) => {
      await contacts.erase(readHeaders(request), request.params.contactId);
      return { message: 'Contact deleted successfully.' };
    },
  );
};

/** WD-33: `message`, and `errors` where fields are at fault. */
const problem: Dialect['problem'] = (refused) => ({
  headers: { 'content-type': 'application/json' },
  body: { message: messageOf(refused), errors: refused.errors },
});

/** https://api.wisedatanps.com: the vendor's calls and no more, with exactly its keys. */
export const wisedata: Dialect = {
  name: 'wisedata',
  credential: bearerToken,
  windows: readsAndWrites,
  problem,
  plugin: routes,
};
