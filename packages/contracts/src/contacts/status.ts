import { z } from 'zod';

/** What is known of an address; null where there is none. */
export const verificationStatus = z.enum([
  'pending',
  'valid',
  'invalid',
  'disposable',
  'catch_all',
  'risky',
  'unknown',
  'bounced',
  'complained',
]);
export type VerificationStatus = z.infer<typeof verificationStatus>;
/** What a check can find. */
export const settledStatus = verificationStatus.exclude(['pending']);

/** The fields of a contact that are checked in the background. */
export const verifiedField = z.enum(['email', 'phone']);
export type VerifiedField = z.infer<typeof verifiedField>;
