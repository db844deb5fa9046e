import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

import { createHeaders, readHeaders } from '../../access/forwarded-headers.ts';
import { created } from '../../access/idempotency.ts';
import type { Gateway } from '../../gateway.ts';
import { toPageMeta, toPageQuery, toWholeMeta } from '../../wire/pages.ts';
import { toContact, toContactList } from './mapping.ts';
import * as wire from './schemas.ts';

const reads = { access: { scope: 'contacts.readonly' } } as const;
const writes = { access: { scope: 'contacts.write' } } as const;

export const contactLists: FastifyPluginAsyncZod<Gateway> = async (app, { contacts, isDisposable }) => {
  // WD-10
  app.get('/contact-lists/all', { config: reads }, async (request) => {
    const lists = await contacts.allLists(readHeaders(request));
    return { data: lists.map(toContactList), meta: toWholeMeta(lists.length) };
  });

  // WD-11
  app.get(
    '/contact-lists/:listId/contacts',
    { config: reads, schema: { params: wire.listParams, querystring: wire.contactPageQuery } },
    async (request) => {
      const query = toPageQuery(request.query);
      const { items, total } = await contacts.pageOfList(readHeaders(request), request.params.listId, query);
      return { data: items.map(toContact), meta: toPageMeta(query, total) };
    },
  );

  // WD-12, WD-22
  app.post(
    '/contact-lists/:listId/contacts',
    {
      config: { ...writes, creates: 'erasable' },
      schema: { params: wire.listParams, body: wire.newContact(isDisposable) },
    },
    async (request, reply) => {
      const answer = await contacts.createInList(createHeaders(request), request.params.listId, request.body);
      return { message: 'Contact created successfully.', data: toContact(created(reply, answer)) };
    },
  );
};
