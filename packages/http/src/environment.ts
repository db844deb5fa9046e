import { z } from 'zod';

import { LIMITS } from './limits.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const SHORTEST_KEY = 32;
const LONGEST_GRACE = 600;

/** To be spread into the `z.object({…})` of a service's environment. */
export const httpEnvironment = {
  PORT: port.default(3000),
  HOST: z.string().default('0.0.0.0'),
  METRICS_PORT: port.default(9464),
  MAX_CONNECTIONS: z.coerce.number().int().positive().default(LIMITS.connections),
  /** Seconds. */
  SHUTDOWN_GRACE: z.coerce
    .number()
    .positive()
    .max(LONGEST_GRACE)
    .default(LIMITS.closingMs / 1_000),
  INTERNAL_KEY: z
    .string()
    .transform((keys) => keys.split(','))
    .pipe(z.tuple([z.string().min(SHORTEST_KEY)], z.string().min(SHORTEST_KEY))),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
};
type HttpEnvironment = z.output<z.ZodObject<typeof httpEnvironment>>;

/** Where a service listens, who may ask it, and how much it tells. Of the internal keys the first is sent, all are accepted. */
export const toHttpConfig = (env: HttpEnvironment) => ({
  port: env.PORT,
  host: env.HOST,
  metricsPort: env.METRICS_PORT,
  limits: { connections: env.MAX_CONNECTIONS, closingMs: env.SHUTDOWN_GRACE * 1_000 },
  internalKeys: env.INTERNAL_KEY,
  logLevel: env.LOG_LEVEL,
});
