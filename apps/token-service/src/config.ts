import { kafkaEnvironment, toKafkaConfig } from '@kith/kafka';
import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const environment = z.object({
  ...kafkaEnvironment,
  PORT: port.default(3002),
  HOST: z.string().default('0.0.0.0'),
  METRICS_PORT: port.default(9464),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  INTERNAL_KEY: z
    .string()
    .transform((keys) => keys.split(','))
    .pipe(z.array(z.string().min(32)).min(1)),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

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
    logLevel: data.LOG_LEVEL,
    kafka: toKafkaConfig(data),
  };
}
