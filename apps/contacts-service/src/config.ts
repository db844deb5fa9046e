import { httpEnvironment, toHttpConfig } from '@kith/http';
import { kafkaEnvironment, toKafkaConfig } from '@kith/kafka';
import { z } from 'zod';

const KEY_BYTES = 32;

const encryptionKey = z
  .base64()
  .refine((key) => Buffer.from(key, 'base64').length === KEY_BYTES, `Must be the base64 of ${KEY_BYTES} bytes.`);

const environment = z.object({
  ...httpEnvironment,
  ...kafkaEnvironment,
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Comma-separated. */
  ENCRYPTION_KEY: z
    .string()
    .transform((keys) => keys.split(','))
    .pipe(z.array(encryptionKey).min(1)),
});

/** Read once, at the top of main.ts; everything below is handed values. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const { data, error } = environment.safeParse(env);
  if (error) throw new Error(`The environment is not usable.\n${z.prettifyError(error)}`);
  return {
    ...toHttpConfig(data),
    databaseUrl: data.DATABASE_URL,
    encryptionKeys: data.ENCRYPTION_KEY.map((key) => Buffer.from(key, 'base64')),
    kafka: toKafkaConfig(data),
  };
}
