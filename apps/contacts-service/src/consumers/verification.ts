import { verificationTopic, type VerificationEvent } from '@kith/contracts';
import { consume, type Incoming, type KafkaConnection, type ParkingLot } from '@kith/kafka';
import { Counter } from 'prom-client';

import type { Services } from '../app.ts';

const verdicts = new Counter({
  name: 'kith_verdicts_total',
  help: 'Verdicts that came back: recorded, or dropped because the value was written since, is gone, or was known to be so.',
  labelNames: ['outcome'] as const,
});

/** Verdicts come back on their own topic; the decider drops those that are late. */
export const consumeVerification = (kafka: KafkaConnection, services: Services, lot: ParkingLot) =>
  consume(kafka, {
    group: 'contacts-service',
    topic: verificationTopic,
    handle: (messages) => recordVerdicts(services, messages),
    lot,
  });

/** A chunk of verdicts, in one read and one write. */
export async function recordVerdicts(
  { contacts }: Services,
  messages: readonly Incoming<VerificationEvent>[],
): Promise<void> {
  const facts = await contacts.handleAll(
    messages.map(({ id, traceparent, event }) => {
      const { contactId, field, valueVersion, status, reasons } = event.data;
      return {
        id: String(contactId),
        command: { type: 'RecordVerdict', field, valueVersion, status, reasons },
        context: { commandId: id, meta: { actor: 'verification-service', ...(traceparent && { traceparent }) } },
      };
    }),
  );
  for (const count of facts) verdicts.inc({ outcome: count > 0 ? 'recorded' : 'dropped' });
}
