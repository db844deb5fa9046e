import type { Topic } from '@kith/contracts/topics';
import { TRACEPARENT } from '@kith/contracts';
import { z } from 'zod';

import type { Incoming, Outgoing } from './port.ts';

/** A message as it lies in a partition. */
export type RawMessage = {
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly headers: Record<string, string>;
  readonly value: Buffer | null;
};

/** CloudEvents 1.0, Kafka protocol binding, binary mode: the attributes are headers, the value is the data alone. */
export function toCloudEvent<Event extends { type: string; data: object }>(message: Outgoing<Event>) {
  const { key, id, source, subject, time, sequence, again, traceparent, requestId, event } = message;
  return {
    key,
    value: JSON.stringify(event.data),
    headers: {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: id,
      ce_type: event.type,
      ce_source: source,
      ce_subject: subject,
      ce_time: time.toISOString(),
      // The extension `sequence`: our numbers, not zero-padded, as readers compare them as numbers.
      ce_sequence: String(sequence),
      ...(again && { ce_again: 'true' }),
      ...(traceparent !== undefined && { traceparent }),
      ...(requestId !== undefined && { 'x-request-id': requestId }),
    },
  };
}

const attributes = z.object({
  ce_specversion: z.string().startsWith('1.'),
  ce_id: z.string().min(1),
  ce_source: z.string().default(''),
  ce_subject: z.string().min(1),
  ce_type: z.string().min(1),
  ce_time: z.iso.datetime({ offset: true }),
  ce_sequence: z.string().regex(/^\d+$/),
  ce_again: z.literal('true').optional().catch(undefined),
  // They are stored with what the message leads to, for ever: in another form they might say something of somebody.
  traceparent: z.string().regex(TRACEPARENT).optional().catch(undefined),
  'x-request-id': z.uuid().optional().catch(undefined),
});

export type Reading<Event> =
  | { readonly outcome: 'readable'; readonly message: Incoming<Event> }
  /** This release does not know the type: it is meant for others, or of a later release. */
  | { readonly outcome: 'unknown-type' }
  | { readonly outcome: 'poison'; readonly reason: string };

/** Reads a message. A reason says where the message is wrong and never quotes it: it may hold a person's data. */
export function fromCloudEvent<Event extends { type: string }>(topic: Topic<Event>, raw: RawMessage): Reading<Event> {
  const poison = (reason: string) => ({ outcome: 'poison', reason }) as const;

  const type = raw.headers['ce_type'];
  if (type === undefined) return poison('no ce_type');
  if (!topic.types.some((known) => known === type)) return { outcome: 'unknown-type' };
  if (raw.key === null) return poison('no key');

  const headers = attributes.safeParse(raw.headers);
  if (!headers.success) return poison(`headers: ${placesOf(headers.error)}`);
  const json = parseJson(raw.value);
  if (json === undefined) return poison('value: no JSON');
  const event = topic.schema.safeParse({ type, data: json });
  if (!event.success) return poison(`value: ${placesOf(event.error)}`);

  const { ce_id: id, ce_source: source, ce_subject: subject, ce_time, ce_sequence, ce_again } = headers.data;
  const { traceparent, 'x-request-id': requestId } = headers.data;
  return {
    outcome: 'readable',
    message: {
      key: raw.key,
      id,
      source,
      subject,
      sequence: Number(ce_sequence),
      time: new Date(ce_time),
      ...(ce_again && { again: true }),
      ...(traceparent !== undefined && { traceparent }),
      ...(requestId !== undefined && { requestId }),
      partition: raw.partition,
      offset: raw.offset,
      event: event.data,
    },
  };
}

const placesOf = ({ issues }: z.ZodError) =>
  issues.map(({ path, code }) => `${path.map(String).join('.')} ${code}`).join(', ');

function parseJson(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString() ?? '');
  } catch {
    return undefined;
  }
}
