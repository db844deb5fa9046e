import { readFileSync } from 'node:fs';

import { z } from 'zod';

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** To be spread into the `z.object({…})` of a service's environment. */
export const kafkaEnvironment = {
  KAFKA_BROKERS: z
    .string()
    .min(1)
    .transform((list) => list.split(',').map((broker) => broker.trim())),
  KAFKA_TOPIC_PREFIX: z
    .string()
    .regex(/^[a-zA-Z0-9._-]+$/)
    .default('kith'),
  KAFKA_SASL_MECHANISM: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
  KAFKA_TLS: flag.default(false),
  KAFKA_TLS_CA: z.string().optional(),
  KAFKA_TLS_CERT: z.string().optional(),
  KAFKA_TLS_KEY: z.string().optional(),
};
type KafkaEnvironment = z.output<z.ZodObject<typeof kafkaEnvironment>>;

export type KafkaConfig = {
  readonly brokers: readonly string[];
  /** The prefix of topics and groups: `kith` of `kith.contacts.v1`. */
  readonly prefix: string;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
  /** PEM, where the system's own authorities or no client certificate will not do. */
  readonly ssl?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
};

/** Reads the certificates too: a path that cannot be read is found at start, not at the first connection. */
export function toKafkaConfig(env: KafkaEnvironment): KafkaConfig {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = env;
  if (mechanism && (username === undefined || password === undefined))
    throw new Error('KAFKA_SASL_MECHANISM needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.');

  return {
    brokers: env.KAFKA_BROKERS,
    prefix: env.KAFKA_TOPIC_PREFIX,
    ...(mechanism && username !== undefined && password !== undefined && { sasl: { mechanism, username, password } }),
    ...(env.KAFKA_TLS && {
      ssl: {
        ...pem('ca', 'KAFKA_TLS_CA', env.KAFKA_TLS_CA),
        ...pem('cert', 'KAFKA_TLS_CERT', env.KAFKA_TLS_CERT),
        ...pem('key', 'KAFKA_TLS_KEY', env.KAFKA_TLS_KEY),
      },
    }),
  };
}

function pem(name: 'ca' | 'cert' | 'key', variable: string, path: string | undefined) {
  if (path === undefined) return {};
  try {
    return { [name]: readFileSync(path, 'utf8') };
  } catch (error) {
    throw new Error(`${variable}: ${path} cannot be read.`, { cause: error });
  }
}
