import { contact, partialProfile } from '@kith/contracts/contacts';
import { z } from 'zod';

import * as wire from '../../wire/contacts.ts';
import { pathId } from '../../wire/numbers.ts';
import { microseconds, MICROSECONDS_EXAMPLE } from '../../wire/timestamps.ts';
import { cursor, pageMeta, pageMetaExample, pageQuery } from '../envelope.ts';
import { EXAMPLE } from '../examples.ts';

export const contactParams = z.object({ contactId: pathId });

const contactExample = {
  id: 123,
  workspaceId: EXAMPLE.workspaceId,
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
  createdAt: MICROSECONDS_EXAMPLE,
  updatedAt: MICROSECONDS_EXAMPLE,
  version: 1,
};

export const contactWire = contact
  .extend({ createdAt: microseconds, updatedAt: microseconds })
  .meta({ id: 'Contact', example: contactExample });

/** A workspace may have very many contacts, so a search counts up to a bound. */
const contactPageMeta = pageMeta
  .extend({
    total_is_lower_bound: z
      .boolean()
      .meta({ description: 'Whether there are more than `total`, which a search counts up to 10,000.' }),
  })
  .meta({ id: 'ContactPageMeta', example: { ...pageMetaExample, total_is_lower_bound: false } });
export const contactPage = z.object({ data: z.array(contactWire), meta: contactPageMeta });

export const contactPageQuery = z.strictObject({ ...wire.contactQuery, ...pageQuery.shape, cursor });

/** WD-30 to WD-32 for WiseData's fields, and the rest of the profile. Unknown members are refused. A name is there, whole or in parts. */
export const newContact = (isDisposable: (address: string) => boolean) =>
  z
    .strictObject({
      ...partialProfile.shape,
      ...wire.newContact(isDisposable),
      name: z.exactOptional(wire.name),
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

/** WD-30 holds for the name that contacts-service joins of the parts, too. */
const joinsToName = (body: Named) =>
  body.name !== undefined || partsOf(body).length === 0 || wire.name.safeParse(partsOf(body).join(' ')).success;

/** Also runs if more is wrong with the body, so that every field is named at once. */
const when = ({ value }: { readonly value: unknown }) => typeof value === 'object' && value !== null;

/** WD-34, for the whole profile: a field that is left out stays, `null` clears it. The name cannot be cleared (WD-30). */
export const contactChange = (isDisposable: (address: string) => boolean) =>
  z.strictObject({ ...partialProfile.shape, ...wire.contactChange(isDisposable) }).meta({
    example: { company: 'Analytical Engines', phone: null },
  });
