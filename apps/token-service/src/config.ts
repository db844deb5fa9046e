import { httpEnvironment, toHttpConfig } from '@kith/http';
import { kafkaEnvironment, toKafkaConfig } from '@kith/kafka';
import { z } from 'zod';

const environment = z.object({
  ...httpEnvironment,
  ...kafkaEnvironment,
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
});

/** Read once, at the top of main.ts; everything below is handed values. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const { data, error } = environment.safeParse(env);
  if (error) throw new Error(`The environment is not usable.\n${z.prettifyError(error)}`);
  return {
    ...toHttpConfig(data),
    databaseUrl: data.DATABASE_URL,
    kafka: toKafkaConfig(data),
  };
}
