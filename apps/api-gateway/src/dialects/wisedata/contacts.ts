import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';

import { readHeaders } from '../../access/forwarded-headers.ts';
import type { Gateway } from '../../gateway.ts';
import { emptyBodyIsNoChange } from '../../wire/empty-body.ts';
import { toContact } from './mapping.ts';
import * as wire from './schemas.ts';

const reads = { access: { scope: 'contacts.readonly' } } as const;
const writes = { access: { scope: 'contacts.write' } } as const;

export const contacts: FastifyPluginAsyncZod<Gateway> = async (app, { contacts: service, isDisposable }) => {
  // WD-13
  app.get('/contacts/:contactId', { config: reads, schema: { params: wire.contactParams } }, async (request) => ({
    data: toContact(await service.byId(readHeaders(request), request.params.contactId)),
  }));

  // WD-14, WD-25
  app.put(
    '/contacts/:contactId',
    {
      config: { ...writes, emptyBody: true },
      preValidation: emptyBodyIsNoChange,
      schema: { params: wire.contactParams, body: wire.contactChange(isDisposable) },
    },
    async (request) => {
      const changed = await service.change(readHeaders(request), request.params.contactId, request.body);
      return { message: 'Contact updated successfully.', data: toContact(changed) };
    },
  );

  // WD-15, WD-25
  app.delete('/contacts/:contactId', { config: writes, schema: { params: wire.contactParams } }, async (request) => {
    await service.erase(readHeaders(request), request.params.contactId);
    return { message: 'Contact deleted successfully.' };
  });
};
