import { nodeEnvironment, only } from '../process/environment.ts';

/** Settings that services take from the environment of `npm start` if they are set there (docs/operations.md). We make the others. */
const FOR_ALL = [
  'LOG_LEVEL',
  'MAX_CONNECTIONS',
  'METRICS_HOST',
  'KAFKA_SASL_MECHANISM',
  'KAFKA_SASL_USERNAME',
  'KAFKA_SASL_PASSWORD',
  'KAFKA_TLS',
  'KAFKA_TLS_CA',
  'KAFKA_TLS_CERT',
  'KAFKA_TLS_KEY',
];
const DISPOSABLE = ['DISPOSABLE_ALLOW_FILE', 'DISPOSABLE_DENY_FILE'];
const FOR_ONE = {
  'api-gateway': ['INTERNAL_CA', 'REDIS_URL', 'DIALECT_HOSTS', 'TRUSTED_PROXIES', ...DISPOSABLE],
  'contacts-service': ['OVERDUE_AFTER'],
  'token-service': [],
  'verification-service': ['INTERNAL_CA', 'VERIFICATION_DEADLINE', 'VERIFICATION_INTERNAL_SUFFIXES', ...DISPOSABLE],
};

/** The part of an environment that a service gets: its own settings and what Node.js needs. */
export const environmentOf = (service: keyof typeof FOR_ONE, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...nodeEnvironment(env),
  ...only([...FOR_ALL, ...FOR_ONE[service]], env),
});
