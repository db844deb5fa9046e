import { dialectName } from '@kith/contracts';
import { callerEnvironment, httpEnvironment, readEnvironment, toHttpConfig, toInternalCa } from '@kith/http';
import { kafkaEnvironment, toKafkaConfig } from '@kith/kafka';
import { z } from 'zod';

const SHORTEST_KEY = 32;

const network = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'Must be addresses or networks such as 10.0.0.0/8 or fd00::/8.',
});

const environment = z.object({
  ...httpEnvironment,
  ...callerEnvironment,
  ...kafkaEnvironment,
  CONTACTS_URL: z.url({ protocol: /^https?$/ }),
  TOKENS_URL: z.url({ protocol: /^https?$/ }),
  /** For gateways side by side: without it each counts for itself. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  OPERATOR_KEY: z.string().min(SHORTEST_KEY),
  DISPOSABLE_ALLOW_FILE: z.string().optional(),
  DISPOSABLE_DENY_FILE: z.string().optional(),
  /** `host=dialect`, comma-separated, for clients whose paths cannot be prefixed. */
  DIALECT_HOSTS: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((entry) => (entry ? [entry.toLowerCase().split('=')] : [])))
    .pipe(z.array(z.tuple([z.string().min(1), dialectName])))
    .transform((entries) => new Map(entries)),
  /** Comma-separated. Nobody unless told: anybody may send the header that such a proxy sends. */
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((entry) => entry.trim() || []))
    .pipe(z.array(network)),
});

/** Read once, at the top of main.ts; everything below is handed values. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const data = readEnvironment(environment, env);
  return {
    ...toHttpConfig(data),
    contactsUrl: data.CONTACTS_URL,
    tokensUrl: data.TOKENS_URL,
    internalCa: toInternalCa(data),
    redisUrl: data.REDIS_URL,
    operatorKey: data.OPERATOR_KEY,
    disposable: { allowFile: data.DISPOSABLE_ALLOW_FILE, denyFile: data.DISPOSABLE_DENY_FILE },
    dialectHosts: data.DIALECT_HOSTS,
    trustedProxies: data.TRUSTED_PROXIES,
    kafka: toKafkaConfig(data),
  };
}
