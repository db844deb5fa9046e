import { z } from 'zod';

/** The status of an address; null without an address. */
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
/** The verdicts that a check can reach. */
export const settledStatus = verificationStatus.exclude(['pending']);

/** The fields of a contact that are checked in the background. */
export const verifiedField = z.enum(['email', 'phone']);
export type VerifiedField = z.infer<typeof verifiedField>;
