import { kafkaEnvironment, toKafkaConfig } from '@kith/kafka';
import { z } from 'zod';

const KEY_BYTES = 32;

const environment = z.object({
  ...kafkaEnvironment,
  PORT: z.coerce.number().int().min(0).max(65_535).default(3001),
  HOST: z.string().default('0.0.0.0'),
  METRICS_PORT: z.coerce.number().int().min(0).max(65_535).default(9464),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  INTERNAL_KEY: list(z.string().min(32)),
  ENCRYPTION_KEY: list(
    z
      .base64()
      .refine((key) => Buffer.from(key, 'base64').length === KEY_BYTES, `Must be the base64 of ${KEY_BYTES} bytes.`),
  ),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

/** Comma-separated. */
function list(item: z.ZodString | z.ZodBase64) {
  return z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(item).min(1));
}

/** Read once, at the top of main.ts; everything below is handed values. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const { data, error } = environment.safeParse(env);
  if (error) throw new Error(`The environment is not usable.\n${z.prettifyError(error)}`);
  return {
    port: data.PORT,
    host: data.HOST,
    metricsPort: data.METRICS_PORT,
    databaseUrl: data.DATABASE_URL,
    internalKeys: data.INTERNAL_KEY,
    encryptionKeys: data.ENCRYPTION_KEY.map((key) => Buffer.from(key, 'base64')),
    logLevel: data.LOG_LEVEL,
    kafka: toKafkaConfig(data),
  };
}
