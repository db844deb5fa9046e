import { commandHandler, type Keyring, readStream } from '@kith/event-store';
import { httpApp } from '@kith/http';
import type { FastifyServerOptions } from 'fastify';
import type { Pool } from 'pg';

import { contact, contactEvent } from './domain/contact.ts';
import { contactList, contactListEvent } from './domain/contact-list.ts';
import { contactListRow } from './projections/contact-list-row.ts';
import { contactRow } from './projections/contact-row.ts';
import { listCounts, listMembers } from './projections/list-members.ts';
import { publishedForm } from './publish.ts';
import { contactListQueries } from './queries/contact-lists.ts';
import { contactQueries } from './queries/contacts.ts';
import { contactListRoutes } from './routes/contact-lists.ts';
import { contactRoutes } from './routes/contacts.ts';

export const contactAggregate = {
  category: 'contact',
  decider: contact,
  schema: contactEvent,
  row: contactRow,
  views: [listMembers, listCounts],
};
export const contactListAggregate = {
  category: 'list',
  decider: contactList,
  schema: contactListEvent,
  row: contactListRow,
};

export type Services = ReturnType<typeof services>;

export const services = (pool: Pool, keyring: Keyring, onAppended: () => void = () => {}) => ({
  contacts: commandHandler(pool, contactAggregate, { keyring, onAppended }),
  lists: commandHandler(pool, contactListAggregate, { onAppended }),
  queries: { contacts: contactQueries(pool), lists: contactListQueries(pool) },
  /** A contact's events after a version, as the topic carries them. */
  async published(contactId: number, after: number) {
    return (await readStream(pool, `contact-${contactId}`, keyring, after)).map(publishedForm);
  },
});

type Options = {
  readonly logger: FastifyServerOptions['logger'];
  readonly internalKeys: readonly string[];
  readonly ready: () => Promise<unknown>;
};

export function buildApp(deps: Services, options: Options) {
  const app = httpApp(options);
  app.register(contactListRoutes, deps);
  app.register(contactRoutes, deps);
  return app;
}
