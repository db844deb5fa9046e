import type { Contact } from '../src/contacts/index.ts';
import type { ContactsEvent, TokensEvent, VerificationEvent } from '../src/topics/index.ts';

export type Example<Data = object> = { readonly summary: string; readonly sequence: number; readonly data: Data };

/** One example for every event: the compiler reports a new event without one. Ada is invented. */
type Examples<Event extends { type: string; data: object }> = {
  readonly [Type in Event['type']]: readonly Example<Extract<Event, { type: Type }>['data']>[];
};

const workspaceId = 'ws_01jcn3q8m7x5v9t2r4k6w8y0ab';
const ofContact = { contactId: 123, workspaceId };
const ofList = { listId: 7, workspaceId };

const ada: Contact = {
  id: 123,
  workspaceId,
  name: 'Ada Example',
  firstName: 'Ada',
  lastName: 'Example',
  email: 'ada@example.com',
  emailStatus: 'pending',
  phone: '(212) 555-0123',
  phoneE164: '+12125550123',
  phoneStatus: 'pending',
  company: 'Example Ltd',
  jobTitle: null,
  website: 'https://example.com',
  address: { line1: null, line2: null, city: 'Lisbon', region: null, postalCode: null, country: 'PT' },
  timezone: 'Europe/Lisbon',
  dateOfBirth: null,
  gender: null,
  source: null,
  note: null,
  lists: [7],
  createdAt: '2026-11-21T08:00:00.000Z',
  updatedAt: '2026-11-21T08:00:00.000Z',
  version: 1,
};

const shell = (sequence: number) => ({
  summary: 'A shell: its person was erased before this was published',
  sequence,
  data: ofContact,
});

/** The event as it is published while its person is not erased. */
const unpublishable = <Data extends object>(sequence: number, data: Data) => ({
  summary: 'A shell: it could not be published as it is',
  sequence,
  data,
});

export const contactsExamples: Examples<ContactsEvent> = {
  ContactCreated: [
    {
      summary: 'The whole contact',
      sequence: 1,
      data: { ...ofContact, contact: ada, valueVersions: { email: 1, phone: 1 } },
    },
    shell(1),
  ],
  ContactChanged: [
    {
      summary: 'What changed, before and after',
      sequence: 3,
      data: {
        ...ofContact,
        changes: {
          old: { email: 'ada@example.com', company: 'Example Ltd' },
          new: { email: 'ada.example@example.com', company: null },
        },
        oldVersion: 2,
        newVersion: 3,
        valueVersions: { email: 3, phone: null },
      },
    },
    shell(3),
  ],
  ContactStatusChanged: [
    {
      summary: 'The address that was set at version 1 takes no mail',
      sequence: 2,
      data: {
        ...ofContact,
        field: 'email',
        status: 'invalid',
        previousStatus: 'pending',
        valueVersion: 1,
        reasons: ['no_such_domain'],
      },
    },
    unpublishable(2, ofContact),
  ],
  ContactListed: [{ summary: 'Put in a list', sequence: 4, data: { ...ofContact, listId: 8 } }],
  ContactUnlisted: [{ summary: 'Taken out of a list', sequence: 5, data: { ...ofContact, listId: 7 } }],
  ContactErased: [{ summary: 'Forget this contact; its last event', sequence: 6, data: ofContact }],
  ContactListCreated: [
    { summary: 'A list', sequence: 1, data: { ...ofList, name: 'Customers' } },
    unpublishable(1, ofList),
  ],
  ContactListRenamed: [
    { summary: 'Its new name and its old', sequence: 2, data: { ...ofList, name: 'Clients', oldName: 'Customers' } },
    unpublishable(2, ofList),
  ],
  ContactListDeleted: [
    { summary: 'Its contacts stay; a ContactUnlisted of each of them follows', sequence: 3, data: ofList },
  ],
};

export const verificationExamples: Examples<VerificationEvent> = {
  StatusVerified: [
    {
      summary: 'The address that was set at version 1 takes no mail',
      sequence: 1,
      data: {
        ...ofContact,
        field: 'email',
        valueVersion: 1,
        status: 'invalid',
        reasons: ['no_such_domain'],
        checkedAt: '2026-11-21T08:00:00.250Z',
      },
    },
    unpublishable(1, ofContact),
  ],
  SubjectErasureConfirmed: [{ summary: 'Nothing is known of it here any more', sequence: 2, data: ofContact }],
};

const accountId = 'acc_01jcn3q8m7x5v9t2r4k6w8y0cd';
const ofToken = { tokenId: 'tok_01jcn3q8m7x5v9t2r4k6w8y0ef', workspaceId };

export const tokensExamples: Examples<TokensEvent> = {
  TokenCreated: [
    {
      summary: 'A token that may read',
      sequence: 1,
      data: { ...ofToken, dialect: 'native', scopes: ['contacts.readonly'], expiresAt: '2027-11-21T08:00:00.000Z' },
    },
    unpublishable(1, ofToken),
  ],
  TokenRevoked: [{ summary: 'Refused from now on', sequence: 2, data: ofToken }],
  AccountPlanChanged: [
    {
      summary: 'What the account may do from now on',
      sequence: 3,
      data: {
        accountId,
        plan: 'business',
        limits: { native: { readsPerMinute: 600, writesPerMinute: null } },
        apiAccess: ['native', 'wisedata'],
      },
    },
    unpublishable(3, { accountId }),
  ],
};
