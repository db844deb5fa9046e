import { readFileSync } from 'node:fs';

import { z } from 'zod';

import type { TlsFiles } from './app.ts';
import { LIMITS } from './limits.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const SHORTEST_KEY = 32;
const LONGEST_GRACE = 600;

/** An environment as its schema has it. Throws where it is not usable, and names the variables. */
export function readEnvironment<Schema extends z.ZodType>(schema: Schema, env: NodeJS.ProcessEnv): z.output<Schema> {
  const { data, error } = schema.safeParse(env);
  if (error) throw new Error(`The environment is not usable.\n${z.prettifyError(error)}`);
  return data;
}

/** To be spread into the `z.object({…})` of a service's environment. */
export const httpEnvironment = {
  PORT: port.default(3000),
  HOST: z.string().default('0.0.0.0'),
  METRICS_PORT: port.default(9464),
  /** This machine only by default: metrics show everybody's use, and ask for no key. */
  METRICS_HOST: z.string().default('127.0.0.1'),
  /** Files in PEM: both, or neither. */
  TLS_CERT: z.string().min(1).optional(),
  TLS_KEY: z.string().min(1).optional(),
  MAX_CONNECTIONS: z.coerce.number().int().positive().default(LIMITS.connections),
  /** Seconds. */
  SHUTDOWN_GRACE: z.coerce
    .number()
    .positive()
    .max(LONGEST_GRACE)
    .default(LIMITS.closingMs / 1_000),
  INTERNAL_KEY: z
    .string()
    .transform((keys) => keys.split(','))
    .pipe(z.tuple([z.string().min(SHORTEST_KEY)], z.string().min(SHORTEST_KEY))),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
};
type HttpEnvironment = z.output<z.ZodObject<typeof httpEnvironment>>;

/** Listening, access and logging of a service. The first of the internal keys is sent, all are accepted. */
export const toHttpConfig = (env: HttpEnvironment) => ({
  port: env.PORT,
  host: env.HOST,
  metrics: { port: env.METRICS_PORT, host: env.METRICS_HOST },
  tls: tlsFiles(env),
  limits: { connections: env.MAX_CONNECTIONS, closingMs: env.SHUTDOWN_GRACE * 1_000 },
  internalKeys: env.INTERNAL_KEY,
  logLevel: env.LOG_LEVEL,
});

/** The settings of a service that calls another. */
export const callerEnvironment = {
  /** A file in PEM: the issuer of the services' certificates. */
  INTERNAL_CA: z.string().min(1).optional(),
};

/** The authority that a service trusts when it calls another by https; undefined for the system's authorities. */
export const toInternalCa = ({ INTERNAL_CA }: z.output<z.ZodObject<typeof callerEnvironment>>): string | undefined =>
  INTERNAL_CA === undefined ? undefined : readPem('INTERNAL_CA', INTERNAL_CA);

function tlsFiles({ TLS_CERT, TLS_KEY }: Pick<HttpEnvironment, 'TLS_CERT' | 'TLS_KEY'>): TlsFiles | undefined {
  if (TLS_CERT && TLS_KEY) return { cert: readPem('TLS_CERT', TLS_CERT), key: readPem('TLS_KEY', TLS_KEY) };
  if (TLS_CERT || TLS_KEY) throw new Error('The environment is not usable.\nTLS_CERT and TLS_KEY go together.');
  return undefined;
}

function readPem(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`The environment is not usable.\n${setting} names no file that can be read: ${path}`, { cause });
  }
}
