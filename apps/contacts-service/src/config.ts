import { httpEnvironment, readEnvironment, toHttpConfig } from '@kith/http';
import { kafkaEnvironment, toKafkaConfig } from '@kith/kafka';
import { z } from 'zod';

const KEY_BYTES = 32;

const encryptionKey = z
  .base64()
  .refine((key) => Buffer.from(key, 'base64').length === KEY_BYTES, `Must be the base64 of ${KEY_BYTES} bytes.`);

const storeEnvironment = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Comma-separated. */
  ENCRYPTION_KEY: z
    .string()
    .transform((keys) => keys.split(','))
    .pipe(z.array(encryptionKey).min(1)),
});
const environment = z.object({
  ...httpEnvironment,
  ...kafkaEnvironment,
  ...storeEnvironment.shape,
  /** Seconds. */
  OVERDUE_AFTER: z.coerce.number().positive().default(600),
});

/** Read once, at the top of main.ts; everything below is handed values. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const data = readEnvironment(environment, env);
  return {
    ...toHttpConfig(data),
    ...toStoreConfig(data),
    kafka: toKafkaConfig(data),
    overdueMs: data.OVERDUE_AFTER * 1_000,
  };
}

/** The settings of an operator's script. */
export const readStoreConfig = (env: NodeJS.ProcessEnv) => toStoreConfig(readEnvironment(storeEnvironment, env));

const toStoreConfig = ({ DATABASE_URL, ENCRYPTION_KEY }: z.infer<typeof storeEnvironment>) => ({
  databaseUrl: DATABASE_URL,
  encryptionKeys: ENCRYPTION_KEY.map((key) => Buffer.from(key, 'base64')),
});
