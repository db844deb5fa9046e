import { type ContactsEvent, contactsTopic, verifiedField, type VerifiedField } from '@kith/contracts';
import type { Meta } from '@kith/event-store';
import { consume, type Incoming, type KafkaConnection, type ParkingLot } from '@kith/kafka';

import type { Told } from '../clients/contacts.ts';
import type { Moved, OpenChecks, WrittenValue } from '../queries/open-checks.ts';

export type Intake = {
  readonly openChecks: OpenChecks;
  readonly missedEvents: (contactId: number, after: number) => Promise<readonly Told[]>;
  readonly clock: () => Date;
  /** How long a check may stay unanswered. */
  readonly deadlineMs: number;
  /** There are new checks. */
  readonly wake: () => void;
};

/** Every value that a contact is given is to be checked. */
export const consumeContacts = (kafka: KafkaConnection, intake: Intake, lot: ParkingLot) =>
  consume(kafka, {
    group: 'verification-service',
    topic: contactsTopic,
    handle: (messages) => takeIn(intake, messages),
    lot,
  });

/** A chunk of the topic, in one read and one write. Copies change nothing; what is missing before a message is fetched from its owner. */
export async function takeIn(intake: Intake, messages: readonly Incoming<ContactsEvent>[]): Promise<void> {
  const told = byContact(messages);
  if (told.size === 0) return;
  const applied = await intake.openChecks.appliedVersions([...told.keys()]);
  const advanced = await Promise.all(
    [...told].map(([contactId, { workspaceId, events }]) =>
      advance(intake, { contactId, workspaceId, from: applied.get(contactId) ?? 0 }, events),
    ),
  );
  const moved = advanced.filter(({ from, to }) => to > from);
  if (moved.length === 0) return;
  const now = intake.clock();
  await intake.openChecks.takeIn(moved, { now, deadline: new Date(now.getTime() + intake.deadlineMs) });
  intake.wake();
}

type ToldWithMeta = Told & { readonly meta?: Meta };

function byContact(messages: readonly Incoming<ContactsEvent>[]) {
  const contacts = new Map<number, { readonly workspaceId: string; readonly events: ToldWithMeta[] }>();
  for (const { sequence, event, traceparent, requestId } of messages) {
    if (!('contactId' in event.data)) continue;
    const { contactId, workspaceId } = event.data;
    let contact = contacts.get(contactId);
    if (!contact) contacts.set(contactId, (contact = { workspaceId, events: [] }));
    const meta = { ...(traceparent && { traceparent }), ...(requestId && { requestId }) };
    contact.events.push({ sequence, event, meta });
  }
  return contacts;
}

/** Applies each version once and in order: less than the next is a copy, more is a gap. */
async function advance(
  { missedEvents }: Intake,
  contact: Omit<Moved, 'to' | 'values'>,
  told: readonly ToldWithMeta[],
): Promise<Moved> {
  const values = new Map<VerifiedField, WrittenValue>();
  let to = contact.from;
  for (const message of told) {
    const next: readonly ToldWithMeta[] =
      message.sequence > to + 1 ? await missedEvents(contact.contactId, to) : [message];
    for (const { sequence, event, meta = {} } of next) {
      if (sequence !== to + 1) continue;
      to = sequence;
      for (const value of event ? valuesOf(event) : []) values.set(value.field, { ...value, meta });
    }
    if (message.sequence > to) {
      throw new Error(`Of contact ${contact.contactId}, version ${to + 1} is neither on the topic nor at its owner.`);
    }
  }
  return { ...contact, to, values: [...values.values()] };
}

/** The values that an event sets. */
function valuesOf(event: ContactsEvent): Omit<WrittenValue, 'meta'>[] {
  switch (event.type) {
    case 'ContactCreated': {
      const { contact, valueVersions } = event.data;
      return written(contact, valueVersions);
    }
    case 'ContactChanged': {
      const { changes, valueVersions } = event.data;
      return written(changes.new, valueVersions);
    }
    case 'ContactStatusChanged':
    case 'ContactListCreated':
      return [];
  }
}

type Values = { readonly [field in VerifiedField]?: string | null };
type ValueVersions = { readonly [field in VerifiedField]: number | null };

const written = (values: Values, valueVersions: ValueVersions): Omit<WrittenValue, 'meta'>[] =>
  verifiedField.options.flatMap((field) => {
    const value = values[field];
    return value === undefined ? [] : [{ field, value, valueVersion: valueVersions[field] }];
  });
