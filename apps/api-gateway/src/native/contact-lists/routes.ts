import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

import { createHeaders, readHeaders, writeHeaders } from '../../access/forwarded-headers.ts';
import { emptyBodyIsNoChange } from '../../wire/empty-body.ts';
import type { Gateway } from '../../gateway.ts';
import { toPageQuery, toWholeMeta } from '../../wire/pages.ts';
import { action, message, page, pageQuery, resource, versioned, toPage, whole } from '../envelope.ts';
import { toContactList } from './mapping.ts';
import { contactListWire, listChange, listParams, newList } from './schemas.ts';
import { created } from '../../access/idempotency.ts';

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
        response: { 200: whole(contactListWire) },
      },
    },
    async (request) => {
      const lists = await contacts.allLists(readHeaders(request));
      return { data: lists.map(toContactList), meta: toWholeMeta(lists.length) };
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
        response: { 200: page(contactListWire) },
      },
    },
    async (request) => {
      const query = toPageQuery(request.query);
      return toPage(await contacts.lists(readHeaders(request), query), query, toContactList);
    },
  );

  app.post(
    '/contact-lists',
    {
      config: { ...writes, creates: 'erasable', etag: true },
      schema: {
        tags,
        operationId: 'createContactList',
        summary: 'Create a contact list',
        description: 'A workspace has at most 1,000.',
        body: newList,
        response: { 201: action(contactListWire) },
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
      config: { ...reads, etag: true },
      schema: {
        tags,
        operationId: 'getContactList',
        summary: 'Read a contact list',
        params: listParams,
        response: { 200: resource(contactListWire) },
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
      config: { ...writes, ifMatch: true, etag: true, emptyBody: true },
      preValidation: emptyBodyIsNoChange,
      schema: {
        tags,
        operationId: 'updateContactList',
        summary: 'Rename a contact list',
        params: listParams,
        body: listChange,
        response: { 200: action(contactListWire) },
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
      config: { ...writes, ifMatch: true },
      schema: {
        tags,
        operationId: 'deleteContactList',
        summary: 'Delete a contact list',
        description: 'Its contacts stay.',
        params: listParams,
        response: { 200: message },
      },
    },
    async (request) => {
      await contacts.deleteList(writeHeaders(request), request.params.listId);
      return { message: 'Contact list deleted successfully.' };
    },
  );
};
