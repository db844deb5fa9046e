import { z } from 'zod';

import { verificationStatus } from '../contacts/status.ts';
import { numericId, openPartial, timestamp, workspaceId } from '../values.ts';

// Plain types, and none of the rules for what may be written: those may be tightened, and what was written before them is still published.
// A later release adds members: each is optional, as messages without it are still in the topic.

const value = z.string().nullable();

const publishedAddress = z
  .object({ line1: value, line2: value, city: value, region: value, postalCode: value, country: value })
  .nullable();

const values = {
  name: value,
  firstName: value,
  lastName: value,
  email: value,
  phone: value,
  company: value,
  jobTitle: value,
  website: value,
  address: publishedAddress,
  timezone: value,
  dateOfBirth: value,
  gender: value,
  source: value,
  note: value,
};

export const publishedContact = z.object({
  ...values,
  id: numericId,
  workspaceId,
  emailStatus: verificationStatus.nullable(),
  phoneE164: value,
  phoneStatus: verificationStatus.nullable(),
  lists: z.array(numericId),
  createdAt: timestamp,
  updatedAt: timestamp,
  /** `ce_sequence` of the event. */
  version: z.int().positive(),
});

/** Some of a contact's values: those that changed. */
export const publishedProfile = openPartial(values);
