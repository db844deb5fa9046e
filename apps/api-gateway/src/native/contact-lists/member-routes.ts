import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

import { createHeaders, readHeaders, writeHeaders } from '../../access/forwarded-headers.ts';
import type { Gateway } from '../../gateway.ts';
import { toPageQuery } from '../../wire/pages.ts';
import { toContact, toContactPage } from '../contacts/mapping.ts';
import { contactPage, contactPageQuery, contactWire, newContact } from '../contacts/schemas.ts';
import { action, versioned } from '../envelope.ts';
import { listParams, memberParams } from './schemas.ts';
import { created } from '../../access/idempotency.ts';

const reads = { access: { scope: 'contacts.readonly' } } as const;
const writes = { access: { scope: 'contacts.write' } } as const;
const tags = ['contact lists'];

export const listMembers: FastifyPluginAsyncZod<Gateway> = async (app, { contacts, isDisposable }) => {
  app.get(
    '/contact-lists/:listId/contacts',
    {
      config: reads,
      schema: {
        tags,
        operationId: 'listContactsOfList',
        summary: 'The contacts of a list',
        params: listParams,
        querystring: contactPageQuery,
        response: { 200: contactPage },
      },
    },
    async (request) => {
      const query = toPageQuery(request.query);
      return toContactPage(await contacts.pageOfList(readHeaders(request), request.params.listId, query), query);
    },
  );

  app.post(
    '/contact-lists/:listId/contacts',
    {
      config: { ...writes, creates: 'erasable', etag: true },
      schema: {
        tags,
        operationId: 'createContactInList',
        summary: 'Create a contact in a list',
        description: 'E-mail and phone start as `pending` and are checked in the background.',
        params: listParams,
        body: newContact(isDisposable),
        response: { 201: action(contactWire) },
      },
    },
    async (request, reply) => {
      const answer = await contacts.createInList(createHeaders(request), request.params.listId, request.body);
      const contact = created(reply, answer);
      return { message: 'Contact created successfully.', data: versioned(reply, contact, toContact) };
    },
  );

  app.put(
    '/contact-lists/:listId/contacts/:contactId',
    {
      config: { ...writes, ifMatch: true, etag: true },
      schema: {
        tags,
        operationId: 'putContactInList',
        summary: 'Add a contact to a list',
        description: 'Without a body. A contact may be in several lists.',
        params: memberParams,
        response: { 200: action(contactWire) },
      },
    },
    async (request, reply) => {
      const { listId, contactId } = request.params;
      const contact = await contacts.putInList(writeHeaders(request), listId, contactId);
      return { message: 'Contact added to the list successfully.', data: versioned(reply, contact, toContact) };
    },
  );

  app.delete(
    '/contact-lists/:listId/contacts/:contactId',
    {
      config: { ...writes, ifMatch: true },
      schema: {
        tags,
        operationId: 'removeContactFromList',
        summary: 'Take a contact out of a list',
        description: 'The contact stays.',
        params: memberParams,
        response: { 200: action(contactWire) },
      },
    },
    async (request) => {
      const { listId, contactId } = request.params;
      const contact = await contacts.takeFromList(writeHeaders(request), listId, contactId);
      return { message: 'Contact removed from the list successfully.', data: toContact(contact) };
    },
  );
};
