import { exactPartial, tokenId } from '@kith/contracts';
import { contact, contactList, newContactList, partialProfile } from '@kith/contracts/contacts';
import { account, createdToken, token, tokenInfo } from '@kith/contracts/tokens';
import { z } from 'zod';

import * as wisedata from '../dialects/wisedata/schemas.ts';

const MICROSECONDS = { example: '2026-06-05T13:40:00.123000Z', format: 'date-time' };
const microseconds = z.string().meta(MICROSECONDS);

const contactExample = {
  id: 123,
  workspaceId: 'ws_01k6m2v8q4n7r3t5w9x0y1z2a3',
  name: 'Ada Lovelace',
  firstName: 'Ada',
  lastName: 'Lovelace',
  email: 'ada@kith.test',
  emailStatus: 'pending',
  phone: '+15551234567',
  phoneE164: '+15551234567',
  phoneStatus: 'pending',
  company: null,
  jobTitle: null,
  website: null,
  address: null,
  timezone: null,
  dateOfBirth: null,
  gender: null,
  source: null,
  note: null,
  lists: [1],
  createdAt: MICROSECONDS.example,
  updatedAt: MICROSECONDS.example,
  version: 1,
};

export const contactWire = contact
  .extend({ createdAt: microseconds, updatedAt: microseconds })
  .meta({ id: 'Contact', example: contactExample });
export const contactListWire = contactList.extend({ createdAt: microseconds, updatedAt: microseconds }).meta({
  id: 'ContactList',
  example: {
    id: 1,
    workspaceId: contactExample.workspaceId,
    name: 'VIP Customers',
    contactsCount: 42,
    createdAt: MICROSECONDS.example,
    updatedAt: MICROSECONDS.example,
    version: 1,
  },
});
const tokenExample = {
  id: 'tok_01k6m2v8q4n7r3t5w9x0y1z2a3',
  name: 'CRM integration',
  preview: '0aZ9',
  workspaceId: contactExample.workspaceId,
  dialect: 'native',
  scopes: ['contacts.readonly', 'contacts.write'],
  createdAt: '2026-06-05T13:40:00.123Z',
  lastUsedAt: '2026-06-06T08:15:30.000Z',
  expiresAt: null,
};
export const tokenWire = token.meta({ id: 'Token', example: tokenExample });
export const createdTokenWire = createdToken.extend({ token: z.exactOptional(createdToken.shape.token) }).meta({
  id: 'CreatedToken',
  description: 'With the token itself, unless the answer is a replay: it is shown once.',
  // Well formed but for its checksum: nothing that looks for leaked tokens takes it for one.
  example: { ...tokenExample, lastUsedAt: null, token: `kith_${'0'.repeat(34)}0aZ9` },
});

const limitsExample = { native: { readsPerMinute: 120, writesPerMinute: 30 } };
export const accountWire = account.meta({
  id: 'Account',
  example: {
    id: 'acc_01k6m2v8q4n7r3t5w9x0y1z2a3',
    name: 'Analytical Engines',
    plan: 'business',
    limits: limitsExample,
    apiAccess: ['native', 'wisedata'],
    workspaces: [{ id: contactExample.workspaceId, name: 'Analytical Engines' }],
    createdAt: '2026-06-05T13:40:00.123Z',
    updatedAt: '2026-06-05T13:40:00.123Z',
  },
});

const wholeMetaExample = { current_page: 1, per_page: 42, total: 42, last_page: 1 };
/** WD-24: of all there are, as one page. */
export const wholeMeta = wisedata.pageMeta.meta({ id: 'WholeMeta', example: wholeMetaExample });

const pageMetaExample = {
  current_page: 1,
  per_page: 15,
  total: 42,
  last_page: 3,
  next_cursor: 'WyIyMDI2LTA2LTA1VDEzOjQwOjAwLjEyM1oiLDEyM10',
};
export const pageMeta = wisedata.pageMeta
  .extend({
    current_page: z.int().nullable().meta({ description: 'Null on a page that was asked for by its cursor.' }),
    next_cursor: z.string().nullable().meta({ description: 'The `cursor` of the next page; null on the last one.' }),
  })
  .meta({ id: 'PageMeta', example: pageMetaExample });

/** Of contacts there can be very many: a search counts up to a bound. */
export const contactPageMeta = pageMeta
  .extend({
    total_is_lower_bound: z
      .boolean()
      .meta({ description: 'Whether there are more than `total`, which a search counts up to 10,000.' }),
  })
  .meta({ id: 'ContactPageMeta', example: { ...pageMetaExample, total_is_lower_bound: false } });

/** WD-23: one resource in `data`, an action adds `message`, a list adds `meta`. */
export const one = <Item extends z.ZodType>(data: Item) => z.object({ data });
export const done = <Item extends z.ZodType>(data: Item) => z.object({ message: z.string(), data });
export const told = z.object({ message: z.string() });
export const contactPage = z.object({ data: z.array(contactWire), meta: contactPageMeta });
export const pageOf = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item), meta: pageMeta });
export const allOf = <Item extends z.ZodType>(item: Item) => z.object({ data: z.array(item), meta: wholeMeta });

const cursor = z
  .string()
  .min(1)
  .max(4096)
  .exactOptional()
  .meta({ description: '`meta.next_cursor` of the page before, of the same order. Goes before `page`.' });
export const pageQuery = z.strictObject({
  page: wisedata.contactPageQuery.page,
  per_page: wisedata.contactPageQuery.per_page,
  cursor,
});
export const contactPageQuery = z.strictObject({ ...wisedata.contactPageQuery, cursor });

export const memberParams = z.object({ ...wisedata.listParams.shape, ...wisedata.contactParams.shape });

/** WD-30 to WD-32 for what WiseData has; the rest of the profile besides. Unknown members are refused. A name is there, whole or in parts. */
export const newContact = (isDisposable: (address: string) => boolean) =>
  z
    .strictObject({
      ...partialProfile.shape,
      ...wisedata.newContact(isDisposable),
      name: z.exactOptional(wisedata.name),
    })
    .refine(isNamed, { path: ['name'], error: 'Is required where neither firstName nor lastName is given.', when })
    .refine(joinsToName, { path: ['name'], error: 'firstName and lastName must join to 2 to 100 characters.', when })
    .meta({
      anyOf: ['name', 'firstName', 'lastName'].map((member) => ({ required: [member] })),
      example: { name: 'Ada Lovelace', email: 'ada@kith.test', phone: '+15551234567' },
    });

type Named = { readonly name?: unknown; readonly firstName?: unknown; readonly lastName?: unknown };

const partsOf = ({ firstName, lastName }: Named) => [firstName, lastName].filter((part) => typeof part === 'string');

const isNamed = (body: Named) => body.name !== undefined || partsOf(body).length > 0;

/** WD-30, of the name that contacts-service makes of them. */
const joinsToName = (body: Named) =>
  body.name !== undefined || partsOf(body).length === 0 || wisedata.name.safeParse(partsOf(body).join(' ')).success;

/** Beside what else is wrong with the body: every field is named at once. */
const when = ({ value }: { readonly value: unknown }) => typeof value === 'object' && value !== null;

/** WD-34, for all of the profile: what is left out stays, `null` clears. A name there must be (WD-30). */
export const contactChange = (isDisposable: (address: string) => boolean) =>
  z.strictObject({ ...partialProfile.shape, ...wisedata.contactChange(isDisposable) }).meta({
    example: { company: 'Analytical Engines', phone: null },
  });

export const listChange = exactPartial(newContactList.shape).meta({ example: { name: 'Very important' } });

/** Who speaks: what `GET /tokens` says of it, and what it may. */
export const meWire = tokenInfo
  .pick({ name: true, dialect: true, scopes: true, workspaceId: true, expiresAt: true, plan: true, limits: true })
  .extend({ id: tokenId })
  .meta({
    id: 'Me',
    example: {
      id: tokenExample.id,
      name: tokenExample.name,
      dialect: 'native',
      scopes: tokenExample.scopes,
      workspaceId: tokenExample.workspaceId,
      expiresAt: null,
      plan: 'business',
      limits: limitsExample,
    },
  });
