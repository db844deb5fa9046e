import { newContactList } from '@kith/contracts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';

import { callerOf } from '../caller.ts';
import { pageMeta, wholeMeta } from '../dialects/wisedata/mapping.ts';
import { contactPageQuery, listParams } from '../dialects/wisedata/schemas.ts';
import type { Gateway } from '../gateway.ts';
import { created, creatorOf } from '../idempotency.ts';
import { etagOf, toContact, toContactList } from './mapping.ts';
import { contactListWire, contactWire, done, many, newContact } from './schemas.ts';

const constraints = { dialect: 'native' };
const reads = { access: { scope: 'contacts.readonly' } } as const;
const writes = { access: { scope: 'contacts.write' } } as const;
const tags = ['contact lists'];

export const contactLists: FastifyPluginAsyncZod<Gateway> = async (app, { contacts, isDisposable }) => {
  app.get(
    '/contact-lists/all',
    {
      constraints,
      config: reads,
      schema: { tags, summary: 'All contact lists', response: { 200: many(contactListWire) } },
    },
    async (request) => {
      const lists = await contacts.lists(callerOf(request));
      return { data: lists.map(toContactList), meta: wholeMeta(lists.length) };
    },
  );

  const newList = newContactList.meta({ example: { name: 'VIP Customers' } });
  app.post(
    '/contact-lists',
    {
      constraints,
      config: writes,
      schema: { tags, summary: 'Create a contact list', body: newList, response: { 201: done(contactListWire) } },
    },
    async (request, reply) => {
      const list = created(reply, await contacts.createList(creatorOf(request), request.body));
      reply.header('etag', etagOf(list));
      return { message: 'Contact list created successfully.', data: toContactList(list) };
    },
  );

  // `search` is refused by name, as everything unknown is, until there is one.
  const querystring = z.strictObject(contactPageQuery);
  app.get(
    '/contact-lists/:listId/contacts',
    {
      constraints,
      config: reads,
      schema: {
        tags,
        summary: 'The contacts of a list',
        params: listParams,
        querystring,
        response: { 200: many(contactWire) },
      },
    },
    async (request) => {
      const { per_page: perPage, ...rest } = request.query;
      const asked = { ...rest, perPage };
      const { items, total } = await contacts.pageOfList(callerOf(request), request.params.listId, asked);
      return { data: items.map(toContact), meta: pageMeta(asked, total) };
    },
  );

  const body = newContact(isDisposable);
  app.post(
    '/contact-lists/:listId/contacts',
    {
      constraints,
      config: writes,
      schema: {
        tags,
        summary: 'Create a contact in a list',
        description: 'E-mail and phone start as `pending` and are checked in the background.',
        params: listParams,
        body,
        response: { 201: done(contactWire) },
      },
    },
    async (request, reply) => {
      const answer = await contacts.createInList(creatorOf(request), request.params.listId, request.body);
      const contact = created(reply, answer);
      reply.header('etag', etagOf(contact));
      return { message: 'Contact created successfully.', data: toContact(contact) };
    },
  );
};
