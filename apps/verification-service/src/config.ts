import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

import { callerEnvironment, httpEnvironment, readEnvironment, toHttpConfig, toInternalCa } from '@kith/http';
import { kafkaEnvironment, toKafkaConfig } from '@kith/kafka';
import { z } from 'zod';

import { isDomainSuffix } from './checks/address.ts';

const commaSeparated = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

const storeEnvironment = z.object({ DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }) });
const environment = z.object({
  ...httpEnvironment,
  ...callerEnvironment,
  ...kafkaEnvironment,
  ...storeEnvironment.shape,
  CONTACTS_URL: z.url({ protocol: /^https?$/ }),
  DNS_SERVERS: commaSeparated
    .pipe(z.array(z.string().refine(isServer, 'Must be addresses such as 10.0.0.53:53 or [2001:db8::53]:53.')))
    .default([]),
  VERIFICATION_INTERNAL_SUFFIXES: commaSeparated
    .pipe(
      z.array(
        z
          .string()
          .transform(domainToASCII)
          .refine(isDomainSuffix, 'Must be domain names such as corp.example.com, without a dot in front.'),
      ),
    )
    .default([]),
  /** Seconds. */
  VERIFICATION_DEADLINE: z.coerce.number().positive().default(60),
  DISPOSABLE_ALLOW_FILE: z.string().optional(),
  DISPOSABLE_DENY_FILE: z.string().optional(),
});

/** Accepts what node:dns accepts: an address, and perhaps a port; with a port, IPv6 stands in brackets. */
function isServer(server: string): boolean {
  const [, bracketed, plain, port = '53'] = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d+))?$/.exec(server) ?? [];
  if (bracketed === undefined && plain === undefined) return isIPv6(server);
  return (isIPv6(bracketed ?? '') || isIPv4(plain ?? '')) && Number(port) > 0 && Number(port) < 65_536;
}

/** Read once, at the top of main.ts; everything below is handed values. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const data = readEnvironment(environment, env);
  return {
    ...toHttpConfig(data),
    databaseUrl: data.DATABASE_URL,
    contactsUrl: data.CONTACTS_URL,
    internalCa: toInternalCa(data),
    dnsServers: data.DNS_SERVERS,
    internalSuffixes: data.VERIFICATION_INTERNAL_SUFFIXES,
    deadlineMs: data.VERIFICATION_DEADLINE * 1_000,
    disposable: { allowFile: data.DISPOSABLE_ALLOW_FILE, denyFile: data.DISPOSABLE_DENY_FILE },
    kafka: toKafkaConfig(data),
  };
}

/** The settings of an operator's script. */
export const readStoreConfig = (env: NodeJS.ProcessEnv) => ({
  databaseUrl: readEnvironment(storeEnvironment, env).DATABASE_URL,
});
