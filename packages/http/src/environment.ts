import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);
const SHORTEST_KEY = 32;

/** To be spread into the `z.object({…})` of a service's environment. */
export const httpEnvironment = {
  PORT: port.default(3000),
  HOST: z.string().default('0.0.0.0'),
  METRICS_PORT: port.default(9464),
  INTERNAL_KEY: z
    .string()
    .transform((keys) => keys.split(','))
    .pipe(z.tuple([z.string().min(SHORTEST_KEY)], z.string().min(SHORTEST_KEY))),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
};
type HttpEnvironment = z.output<z.ZodObject<typeof httpEnvironment>>;

/** Where a service listens, who may ask it, and how much it tells. Of the internal keys the first is sent, all are accepted. */
export const toHttpConfig = ({ PORT, HOST, METRICS_PORT, INTERNAL_KEY, LOG_LEVEL }: HttpEnvironment) => ({
  port: PORT,
  host: HOST,
  metricsPort: METRICS_PORT,
  internalKeys: INTERNAL_KEY,
  logLevel: LOG_LEVEL,
});
