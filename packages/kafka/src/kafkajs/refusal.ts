/**
 * The refusal that an error tells of, if any: by an ACL, or of the credentials. An administrator mends it; a new process does not.
 * kafkajs hides Kafka's words where a group may not be described, and says that it has no coordinator.
 */
export function refusalOf(error: unknown): string | undefined {
  if (!Error.isError(error)) return undefined;
  if (error.name === 'KafkaJSGroupCoordinatorNotFound') return 'GROUP_COORDINATOR_NOT_FOUND';
  if (error.name === 'KafkaJSSASLAuthenticationError') return 'SASL_AUTHENTICATION_FAILED';
  const type = 'type' in error ? String(error.type) : '';
  return /_(AUTHORIZATION|AUTHENTICATION)_FAILED$/.test(type) ? type : refusalOf(error.cause);
}
