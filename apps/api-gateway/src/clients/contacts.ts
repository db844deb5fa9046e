import type { Contact, ContactList, ContactPageQuery, NewContactList, Page, PartialProfile } from '@kith/contracts';
import type { ServiceClient } from '@kith/http';

import type { Caller } from '../caller.ts';

export type ContactsClient = ReturnType<typeof contactsClient>;

/** What contacts-service is asked. */
export const contactsClient = ({ request, answer }: Pick<ServiceClient, 'request' | 'answer'>) => ({
  lists: (headers: Caller) => request<ContactList[]>({ method: 'GET', path: '/contact-lists', headers }),

  createList: (headers: Caller, body: NewContactList) =>
    answer<ContactList>({ method: 'POST', path: '/contact-lists', headers, body }),

  pageOfList(headers: Caller, listId: number, { sort, order, page, perPage }: ContactPageQuery) {
    const path = `/contact-lists/${listId}/contacts?sort=${sort}&order=${order}&page=${page}&perPage=${perPage}`;
    return request<Page<Contact>>({ method: 'GET', path, headers });
  },

  createInList: (headers: Caller, listId: number, body: PartialProfile) =>
    answer<Contact>({ method: 'POST', path: `/contact-lists/${listId}/contacts`, headers, body }),

  byId: (headers: Caller, id: number) => request<Contact>({ method: 'GET', path: `/contacts/${id}`, headers }),
});
