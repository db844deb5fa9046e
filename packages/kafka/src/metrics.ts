import { Counter, Gauge } from 'prom-client';

/** `sent`, or what became of a message that came in. */
export const outcomes = [
  'sent',
  'handled',
  'unknown_type',
  'poison',
  'failed',
  'queued_behind',
  'erased',
  'retried',
] as const;
export type Outcome = (typeof outcomes)[number];

export const messagesTotal = new Counter<'topic' | 'outcome'>({
  name: 'kith_kafka_messages_total',
  help: `Messages by what became of them: ${outcomes.join(', ')}.`,
  labelNames: ['topic', 'outcome'],
});

export const attemptsFailedTotal = new Counter<'topic'>({
  name: 'kith_kafka_attempts_failed_total',
  help: 'Times a handler threw; most are mended by trying again.',
  labelNames: ['topic'],
});

export const outages = new Gauge<'topic'>({
  name: 'kith_kafka_outage',
  help: '1 while messages wait because something that their handler needs is away.',
  labelNames: ['topic'],
});

export const refusals = new Gauge<'topic'>({
  name: 'kith_kafka_refused',
  help: '1 while Kafka does not let a consumer read: an ACL, or its credentials.',
  labelNames: ['topic'],
});

export const rebuildsTotal = new Counter<'topic'>({
  name: 'kith_kafka_consumer_rebuilds_total',
  help: 'Consumers replaced within the process because they had stopped reading.',
  labelNames: ['topic'],
});
