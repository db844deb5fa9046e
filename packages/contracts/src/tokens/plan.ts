import { z } from 'zod';

export const planName = z.enum(['free', 'pro', 'business', 'enterprise']);
export type PlanName = z.infer<typeof planName>;

/** A number of calls in a window; null is without limit. */
const calls = z.int().nonnegative().nullable();

/** The numbers for the windows that each dialect names. */
const limitsOf = (object: typeof z.strictObject) =>
  object({
    native: object({ readsPerMinute: calls, writesPerMinute: calls }).partial().optional(),
    wisepops: object({ callsPer30Days: calls }).partial().optional(),
    leadconnector: object({ callsPer10Seconds: calls, callsPerDay: calls }).partial().optional(),
    consuelo: object({ callsPerMinute: calls, callsPerDay: calls }).partial().optional(),
    waply: object({ callsPerMinute: calls }).partial().optional(),
  });
export const limits = limitsOf(z.strictObject);
/** The form in events. A field that a later release adds is no error to an earlier one. */
export const toldLimits = limitsOf(z.object);
export type Limits = z.infer<typeof limits>;
