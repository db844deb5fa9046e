import { z } from 'zod';

import { type Page, pageQuery } from '../pages.ts';
import { atMost, exactPartial, numericId, text, timestamp, workspaceId } from '../values.ts';
import { verificationStatus } from './status.ts';

const address = z.strictObject({
  line1: text(1, 200).nullable().default(null),
  line2: text(1, 200).nullable().default(null),
  city: text(1, 100).nullable().default(null),
  region: text(1, 100).nullable().default(null),
  postalCode: text(1, 20).nullable().default(null),
  country: atMost(2)
    .regex(/^[A-Z]{2}$/, 'Must be an ISO 3166-1 alpha-2 code, such as PT.')
    .nullable()
    .default(null),
});
export type Address = z.infer<typeof address>;

/** The values of a contact that a client writes. It reads them back as it wrote them. */
export const profile = z.strictObject({
  name: text(1, 200).nullable(),
  firstName: text(1, 100).nullable(),
  lastName: text(1, 100).nullable(),
  // WD-31. Longer is no address (RFC 5321, 4.5.3.1.3).
  email: text(3, 254).check(z.email('Must be a valid e-mail address.')).nullable(),
  // WD-32: the length only; whether it is a number is a verdict (T-1).
  phone: text(8, 20).nullable(),
  company: text(1, 200).nullable(),
  jobTitle: text(1, 200).nullable(),
  website: text(1, 2048)
    .check(z.url({ protocol: /^https?$/, error: 'Must be an http or https URL.' }))
    .nullable(),
  address: address.nullable(),
  // The longest name there is has 32.
  timezone: atMost(64).refine(isTimezone, 'Must be an IANA time zone, such as Europe/Lisbon.').nullable(),
  dateOfBirth: atMost(10).check(z.iso.date('Must be a date, such as 1990-12-31.')).nullable(),
  gender: text(1, 50).nullable(),
  source: text(1, 100).nullable(),
  note: text(1, 5000).nullable(),
});
export type Profile = z.infer<typeof profile>;

/** The profile before anything is written. */
export const emptyProfile: Profile = {
  name: null,
  firstName: null,
  lastName: null,
  email: null,
  phone: null,
  company: null,
  jobTitle: null,
  website: null,
  address: null,
  timezone: null,
  dateOfBirth: null,
  gender: null,
  source: null,
  note: null,
};

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const contact = profile.extend({
  id: numericId,
  workspaceId,
  emailStatus: verificationStatus.nullable(),
  phoneE164: z.string().nullable(),
  phoneStatus: verificationStatus.nullable(),
  lists: z.array(numericId),
  createdAt: timestamp,
  updatedAt: timestamp,
  /** The version of its stream: `ce_sequence` of its last event. */
  version: z.int().positive(),
});
export type Contact = z.infer<typeof contact>;

/** Some of a contact's values, to create it (a missing one is null) or to change it. */
export const partialProfile = exactPartial(profile.shape);
export type PartialProfile = z.infer<typeof partialProfile>;

export const contactSort = z.enum(['name', 'email', 'phone', 'created_at']);

export const contactPageQuery = z.object({
  /** A literal part of the name, the e-mail address or the phone number, as written or by its digits. */
  search: text(1, 200).optional(),
  sort: contactSort.default('created_at'),
  order: z.enum(['asc', 'desc']).default('desc'),
  ...pageQuery.shape,
});
export type ContactPageQuery = z.infer<typeof contactPageQuery>;

export type ContactPage = Page<Contact> & {
  /** A search counts `total` up to 10,000; this says whether there are more. */
  readonly moreThanTotal: boolean;
};
