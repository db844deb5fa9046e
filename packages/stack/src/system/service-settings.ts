import { nodeEnvironment, only } from '../process/environment.ts';

/** What services take from the environment of `npm start`, if it is there (docs/operations.md). Their other settings are made for them. */
const OF_ALL = [
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
const OF_ONE = {
  'api-gateway': ['INTERNAL_CA', 'REDIS_URL', 'DIALECT_HOSTS', 'TRUSTED_PROXIES', ...DISPOSABLE],
  'contacts-service': ['OVERDUE_AFTER'],
  'token-service': [],
  'verification-service': ['INTERNAL_CA', 'VERIFICATION_DEADLINE', 'VERIFICATION_INTERNAL_SUFFIXES', ...DISPOSABLE],
};

/** What of an environment a service is handed: its own settings, and what Node.js needs. */
export const environmentOf = (service: keyof typeof OF_ONE, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...nodeEnvironment(env),
  ...only([...OF_ALL, ...OF_ONE[service]], env),
});
