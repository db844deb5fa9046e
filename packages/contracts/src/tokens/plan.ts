import { z } from 'zod';

export const planName = z.enum(['free', 'pro', 'business', 'enterprise']);
export type PlanName = z.infer<typeof planName>;

/** A number of calls in a window; null is without limit. */
const calls = z.int().nonnegative().nullable();

/** The numbers for the windows that each dialect names. */
export const limits = z.strictObject({
  native: z.strictObject({ readsPerMinute: calls, writesPerMinute: calls }).partial().optional(),
  wisepops: z.strictObject({ callsPer30Days: calls }).partial().optional(),
  leadconnector: z.strictObject({ callsPer10Seconds: calls, callsPerDay: calls }).partial().optional(),
  consuelo: z.strictObject({ callsPerMinute: calls, callsPerDay: calls }).partial().optional(),
  waply: z.strictObject({ callsPerMinute: calls }).partial().optional(),
});
export type Limits = z.infer<typeof limits>;
