import type { System } from './system.ts';

/** The settings of one more gateway to a system's services. */
export const gatewayEnvironment = (
  { internalKey, operatorKey, tokensUrl, kafkaBrokers }: System,
  contactsUrl: string,
): NodeJS.ProcessEnv => ({
  CONTACTS_URL: contactsUrl,
  TOKENS_URL: tokensUrl,
  INTERNAL_KEY: internalKey,
  OPERATOR_KEY: operatorKey,
  KAFKA_BROKERS: kafkaBrokers.join(','),
});
