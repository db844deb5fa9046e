import { Counter } from 'prom-client';

/** `sent`, or what became of a message that came in. */
export type Outcome = 'sent' | 'handled' | 'unknown_type' | 'poison' | 'failed' | 'queued_behind' | 'retried';

export const messagesTotal = new Counter<'topic' | 'outcome'>({
  name: 'kith_kafka_messages_total',
  help: 'Messages by what became of them: sent; handled, unknown_type, poison, failed, queued_behind or retried.',
  labelNames: ['topic', 'outcome'],
});

export const attemptsFailedTotal = new Counter<'topic'>({
  name: 'kith_kafka_attempts_failed_total',
  help: 'Times a handler threw; most are mended by trying again.',
  labelNames: ['topic'],
});

export const rebuildsTotal = new Counter<'topic'>({
  name: 'kith_kafka_consumer_rebuilds_total',
  help: 'Consumers replaced within the process because they had stopped reading.',
  labelNames: ['topic'],
});
