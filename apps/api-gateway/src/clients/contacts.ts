import type { Page, PageQuery } from '@kith/contracts';
import type {
  Contact,
  ContactList,
  ContactPage,
  ContactPageQuery,
  NewContactList,
  PartialProfile,
} from '@kith/contracts/contacts';
import type { ServiceClient } from '@kith/http';

import type { ForwardedHeaders } from '../access/forwarded-headers.ts';
import { queryOf } from './query.ts';

export type ContactsClient = ReturnType<typeof contactsClient>;

type Client = Pick<ServiceClient, 'request' | 'answer'>;

/** The calls to contacts-service. A search has a client of its own. */
export const contactsClient = ({ request, answer }: Client, { request: search }: Pick<Client, 'request'>) => ({
  allLists: (headers: ForwardedHeaders) =>
    request<ContactList[]>({ method: 'GET', path: '/contact-lists/all', headers }),

  lists: (headers: ForwardedHeaders, query: PageQuery) =>
    request<Page<ContactList>>({ method: 'GET', path: `/contact-lists${queryOf(query)}`, headers }),

  createList: (headers: ForwardedHeaders, body: NewContactList) =>
    answer<ContactList>({ method: 'POST', path: '/contact-lists', headers, body }),

  list: (headers: ForwardedHeaders, id: number) =>
    request<ContactList>({ method: 'GET', path: `/contact-lists/${id}`, headers }),

  changeList: (headers: ForwardedHeaders, id: number, body: Partial<NewContactList>) =>
    request<ContactList>({ method: 'PATCH', path: `/contact-lists/${id}`, headers, body }),

  deleteList: (headers: ForwardedHeaders, id: number) =>
    request<void>({ method: 'DELETE', path: `/contact-lists/${id}`, headers }),

  pageOfList: (headers: ForwardedHeaders, listId: number, query: ContactPageQuery) =>
    pageBy(
      query.search === undefined ? request : search,
      `/contact-lists/${listId}/contacts${queryOf(query)}`,
      headers,
    ),

  createInList: (headers: ForwardedHeaders, listId: number, body: PartialProfile) =>
    answer<Contact>({ method: 'POST', path: `/contact-lists/${listId}/contacts`, headers, body }),

  putInList: (headers: ForwardedHeaders, listId: number, id: number) =>
    request<Contact>({ method: 'PUT', path: `/contact-lists/${listId}/contacts/${id}`, headers }),

  takeFromList: (headers: ForwardedHeaders, listId: number, id: number) =>
    request<Contact>({ method: 'DELETE', path: `/contact-lists/${listId}/contacts/${id}`, headers }),

  page: (headers: ForwardedHeaders, query: ContactPageQuery) =>
    pageBy(query.search === undefined ? request : search, `/contacts${queryOf(query)}`, headers),

  create: (headers: ForwardedHeaders, body: PartialProfile) =>
    answer<Contact>({ method: 'POST', path: '/contacts', headers, body }),

  byId: (headers: ForwardedHeaders, id: number) =>
    request<Contact>({ method: 'GET', path: `/contacts/${id}`, headers }),

  change: (headers: ForwardedHeaders, id: number, body: PartialProfile) =>
    request<Contact>({ method: 'PATCH', path: `/contacts/${id}`, headers, body }),

  erase: (headers: ForwardedHeaders, id: number) =>
    request<void>({ method: 'DELETE', path: `/contacts/${id}`, headers }),
});

const pageBy = (ask: Client['request'], path: string, headers: ForwardedHeaders) =>
  ask<ContactPage>({ method: 'GET', path, headers });
