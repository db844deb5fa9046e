import { openPartial } from '@kith/contracts';
import { type Address, emptyProfile, type Profile } from '@kith/contracts/contacts';
import { z } from 'zod';

// Plain types, and none of the rules for what may be written: those may be tightened, and what was stored before them is still read. Every
// member may be missing: an event that was stored before a field existed lacks it.

const value = z.string().nullable();

const storedAddress = openPartial({
  line1: value,
  line2: value,
  city: value,
  region: value,
  postalCode: value,
  country: value,
} satisfies Record<keyof Address, z.ZodType>).nullable();

/** The values of a contact as events hold them. */
export const storedProfile = openPartial({
  name: value,
  firstName: value,
  lastName: value,
  email: value,
  phone: value,
  company: value,
  jobTitle: value,
  website: value,
  address: storedAddress,
  timezone: value,
  dateOfBirth: value,
  gender: value,
  source: value,
  note: value,
} satisfies Record<keyof Profile, z.ZodType>);
export type StoredProfile = z.infer<typeof storedProfile>;

export const storedPhoneE164 = value.exactOptional();

const emptyAddress: Address = { line1: null, line2: null, city: null, region: null, postalCode: null, country: null };

/** The values that an event sets, with each member of an address. */
export const writtenValues = ({ address, ...others }: StoredProfile): Partial<Profile> => ({
  ...others,
  ...(address !== undefined && { address: address && { ...emptyAddress, ...address } }),
});

/** All values of a contact: null where the event has none. */
export const wholeProfile = (stored: StoredProfile): Profile => ({ ...emptyProfile, ...writtenValues(stored) });
