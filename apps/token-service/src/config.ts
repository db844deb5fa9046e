import { httpEnvironment, readEnvironment, toHttpConfig } from '@kith/http';
import { kafkaEnvironment, toKafkaConfig } from '@kith/kafka';
import { z } from 'zod';

const storeEnvironment = z.object({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) });
const environment = z.object({
  ...httpEnvironment,
  ...kafkaEnvironment,
  ...storeEnvironment.shape,
});

/** Read once, at the top of main.ts; everything below is handed values. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const data = readEnvironment(environment, env);
  return {
    ...toHttpConfig(data),
    databaseUrl: data.DATABASE_URL,
    kafka: toKafkaConfig(data),
  };
}

/** The settings of an operator's script. */
export const readStoreConfig = (env: NodeJS.ProcessEnv) => ({
  databaseUrl: readEnvironment(storeEnvironment, env).DATABASE_URL,
});
