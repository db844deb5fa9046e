import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

import { createHeaders, readHeaders, writeHeaders } from '../../access/forwarded-headers.ts';
import { emptyBodyIsNoChange } from '../../wire/empty-body.ts';
import type { Gateway } from '../../gateway.ts';
import { toPageQuery } from '../../wire/pages.ts';
import { action, message, resource, versioned } from '../envelope.ts';
import { toContact, toContactPage } from './mapping.ts';
import { contactChange, contactPage, contactPageQuery, contactParams, contactWire, newContact } from './schemas.ts';
import { created } from '../../access/idempotency.ts';

const reads = { access: { scope: 'contacts.readonly' } } as const;
const writes = { access: { scope: 'contacts.write' } } as const;
const tags = ['contacts'];

export const contacts: FastifyPluginAsyncZod<Gateway> = async (app, { contacts: service, isDisposable }) => {
  app.get(
    '/contacts',
    {
      config: reads,
      schema: {
        tags,
        operationId: 'listContacts',
        summary: 'The contacts of the workspace',
        querystring: contactPageQuery,
        response: { 200: contactPage },
      },
    },
    async (request) => {
      const query = toPageQuery(request.query);
      return toContactPage(await service.page(readHeaders(request), query), query);
    },
  );

  app.post(
    '/contacts',
    {
      config: { ...writes, creates: 'erasable', etag: true },
      schema: {
        tags,
        operationId: 'createContact',
        summary: 'Create a contact',
        description: 'In no list. E-mail and phone start as `pending` and are checked in the background.',
        body: newContact(isDisposable),
        response: { 201: action(contactWire) },
      },
    },
    async (request, reply) => {
      const contact = created(reply, await service.create(createHeaders(request), request.body));
      return { message: 'Contact created successfully.', data: versioned(reply, contact, toContact) };
    },
  );

  app.get(
    '/contacts/:contactId',
    {
      config: { ...reads, etag: true },
      schema: {
        tags,
        operationId: 'getContact',
        summary: 'Read a contact',
        params: contactParams,
        response: { 200: resource(contactWire) },
      },
    },
    async (request, reply) => {
      const contact = await service.byId(readHeaders(request), request.params.contactId);
      return { data: versioned(reply, contact, toContact) };
    },
  );

  // WiseData's clients send PUT, everybody else sends PATCH: both do the same.
  for (const [method, operationId] of [
    ['PUT', 'putContact'],
    ['PATCH', 'updateContact'],
  ] as const) {
    app.route({
      method,
      url: '/contacts/:contactId',
      config: { ...writes, ifMatch: true, etag: true, emptyBody: true },
      preValidation: emptyBodyIsNoChange,
      schema: {
        tags,
        operationId,
        summary: 'Change a contact',
        description: 'What is left out stays as it is, `null` clears. A new e-mail or phone is checked anew.',
        params: contactParams,
        body: contactChange(isDisposable),
        response: { 200: action(contactWire) },
      },
      handler: async (request, reply) => {
        const contact = await service.change(writeHeaders(request), request.params.contactId, request.body);
        return { message: 'Contact updated successfully.', data: versioned(reply, contact, toContact) };
      },
    });
  }

  // WD-15: the message only.
  app.delete(
    '/contacts/:contactId',
    {
      config: { ...writes, ifMatch: true },
      schema: {
        tags,
        operationId: 'deleteContact',
        summary: 'Erase a contact',
        description: 'For good: it can be brought back by nobody.',
        params: contactParams,
        response: { 200: message },
      },
    },
    async (request) => {
      await service.erase(writeHeaders(request), request.params.contactId);
      return { message: 'Contact deleted successfully.' };
    },
  );
};
