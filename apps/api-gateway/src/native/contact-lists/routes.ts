import { newContactList } from '@kith/contracts/contacts';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

import { createHeaders, readHeaders, writeHeaders } from '../../access/forwarded-headers.ts';
import { askedOf, wholeMeta } from '../../dialects/wisedata/mapping.ts';
import { listParams } from '../../dialects/wisedata/schemas.ts';
import { emptyBodyIsNoChange } from '../../empty-body.ts';
import type { Gateway } from '../../gateway.ts';
import { created } from '../../access/idempotency.ts';
import { toContactList, toPage, versioned } from '../mapping.ts';
import { allOf, contactListWire, done, listChange, one, pageOf, pageQuery, told } from '../schemas.ts';

const reads = { access: { scope: 'contacts.readonly' } } as const;
const writes = { access: { scope: 'contacts.write' } } as const;
const tags = ['contact lists'];

export const contactLists: FastifyPluginAsyncZod<Gateway> = async (app, { contacts }) => {
  app.get(
    '/contact-lists/all',
    {
      config: reads,
      schema: {
        tags,
        operationId: 'listAllContactLists',
        summary: 'All contact lists',
        response: { 200: allOf(contactListWire) },
      },
    },
    async (request) => {
      const lists = await contacts.allLists(readHeaders(request));
      return { data: lists.map(toContactList), meta: wholeMeta(lists.length) };
    },
  );

  app.get(
    '/contact-lists',
    {
      config: reads,
      schema: {
        tags,
        operationId: 'listContactLists',
        summary: 'A page of the contact lists',
        querystring: pageQuery,
        response: { 200: pageOf(contactListWire) },
      },
    },
    async (request) => {
      const asked = askedOf(request.query);
      return toPage(await contacts.lists(readHeaders(request), asked), asked, toContactList);
    },
  );

  const newList = newContactList.meta({ example: { name: 'VIP Customers' } });
  app.post(
    '/contact-lists',
    {
      config: writes,
      schema: {
        tags,
        operationId: 'createContactList',
        summary: 'Create a contact list',
        description: 'A workspace has at most 1,000.',
        body: newList,
        response: { 201: done(contactListWire) },
      },
    },
    async (request, reply) => {
      const list = created(reply, await contacts.createList(createHeaders(request), request.body));
      return { message: 'Contact list created successfully.', data: versioned(reply, list, toContactList) };
    },
  );

  app.get(
    '/contact-lists/:listId',
    {
      config: reads,
      schema: {
        tags,
        operationId: 'getContactList',
        summary: 'Read a contact list',
        params: listParams,
        response: { 200: one(contactListWire) },
      },
    },
    async (request, reply) => {
      const list = await contacts.list(readHeaders(request), request.params.listId);
      return { data: versioned(reply, list, toContactList) };
    },
  );

  app.patch(
    '/contact-lists/:listId',
    {
      config: writes,
      preValidation: emptyBodyIsNoChange,
      schema: {
        tags,
        operationId: 'updateContactList',
        summary: 'Rename a contact list',
        params: listParams,
        body: listChange,
        response: { 200: done(contactListWire) },
      },
    },
    async (request, reply) => {
      const list = await contacts.changeList(writeHeaders(request), request.params.listId, request.body);
      return { message: 'Contact list updated successfully.', data: versioned(reply, list, toContactList) };
    },
  );

  app.delete(
    '/contact-lists/:listId',
    {
      config: writes,
      schema: {
        tags,
        operationId: 'deleteContactList',
        summary: 'Delete a contact list',
        description: 'Its contacts stay.',
        params: listParams,
        response: { 200: told },
      },
    },
    async (request) => {
      await contacts.deleteList(writeHeaders(request), request.params.listId);
      return { message: 'Contact list deleted successfully.' };
    },
  );
};
