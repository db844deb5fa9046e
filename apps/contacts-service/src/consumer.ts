import { verificationTopic, type VerificationEvent } from '@kith/contracts/topics';
import type { Addressed } from '@kith/event-store';
import { consume, type Incoming, type KafkaConnection, type ParkingLot } from '@kith/kafka';
import { Counter } from 'prom-client';

import type { Services } from './services.ts';
import type { ContactCommand } from './contact/contact.ts';

const verdicts = new Counter({
  name: 'kith_verdicts_total',
  help: 'Verdicts received: recorded, or dropped because the value has changed, is gone, or has that status already.',
  labelNames: ['outcome'] as const,
});

/** Verdicts come on a topic of their own; the decider drops late ones. */
export const consumeVerification = (kafka: KafkaConnection, services: Services, lot: ParkingLot) =>
  consume(kafka, {
    group: 'contacts-service',
    topic: verificationTopic,
    handle: (messages) => recordVerdicts(services, messages),
    lot,
  });

type Message = Incoming<VerificationEvent>;
type Command = Addressed<Extract<ContactCommand, { type: 'RecordVerdict' }>>;

/** Records the verdicts of a chunk of the topic in one read and one write. */
export async function recordVerdicts({ contacts, erasures }: Services, messages: readonly Message[]): Promise<void> {
  const facts = await contacts.handleAll(messages.flatMap(verdictOf));
  for (const count of facts) verdicts.inc({ outcome: count > 0 ? 'recorded' : 'dropped' });
  for (const { event, source } of messages) {
    if (event.type === 'SubjectErasureConfirmed')
      await erasures.confirm(event.data.contactId, source.replace(/^\/kith\//, ''));
  }
}

function verdictOf({ id, source, traceparent, event }: Message): Command[] {
  switch (event.type) {
    case 'StatusVerified': {
      // A shell says that there is a verdict, and not which.
      if (!('field' in event.data)) return [];
      const { contactId, field, valueVersion, status, reasons } = event.data;
      const command = { type: 'RecordVerdict', field, valueVersion, status, reasons } as const;
      const meta = { actor: 'verification-service', ...(traceparent && { traceparent }) };
      return [{ id: String(contactId), command, context: { commandId: `${source} ${id}`, meta } }];
    }
    case 'SubjectErasureConfirmed':
      return [];
  }
}
