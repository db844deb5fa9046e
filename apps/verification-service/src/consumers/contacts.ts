import { verifiedField, type VerifiedField } from '@kith/contracts/contacts';
import { type ContactsEvent, contactsTopic } from '@kith/contracts/topics';
import type { CommandHandler, Meta } from '@kith/event-store';
import { consume, type Incoming, type KafkaConnection, type ParkingLot } from '@kith/kafka';

import { type Checks, whomToAsk } from '../checks/index.ts';
import type { PublishedEvent } from '../clients/contacts.ts';
import { forgettingId } from '../command-ids.ts';
import type { VerificationCommand, VerificationState } from '../domain/verification.ts';
import { type CheckRunner, leaseEnd } from '../processes/run-checks.ts';
import type { Unanswered } from '../queries/answers.ts';
import type { Moved, OpenChecks, WrittenValue } from '../queries/open-checks.ts';

export type Intake = {
  readonly openChecks: OpenChecks;
  readonly verifications: CommandHandler<VerificationState, VerificationCommand>;
  readonly answerAgain: (unanswered: readonly Unanswered[]) => Promise<void>;
  readonly missedEvents: (contactId: number, after: number) => Promise<readonly PublishedEvent[]>;
  readonly checks: Checks;
  readonly clock: () => Date;
  /** How long a check may stay unanswered. */
  readonly deadlineMs: number;
  /** Makes the checks. */
  readonly runner: Pick<CheckRunner, 'admit' | 'start' | 'wake'>;
};

/** Every value that a contact is given is to be checked, and everything of an erased one forgotten. */
export const consumeContacts = (kafka: KafkaConnection, intake: Intake, lot: ParkingLot) =>
  consume(kafka, {
    group: 'verification-service',
    topic: contactsTopic,
    handle: (messages) => takeIn(intake, messages),
    // Its parked messages go with it.
    overtakes: ({ type }) => type === 'ContactErased',
    lot,
  });

/**
 * A chunk of the topic, in one read and one write. Copies change nothing, and those that are told because an answer is missing are answered once
 * more; what is missing before a message is fetched from its owner.
 */
export async function takeIn(intake: Intake, chunk: readonly Incoming<ContactsEvent>[]): Promise<void> {
  const messages = chunk.filter(isOfContact);
  const told = byContact(messages);
  if (told.size === 0) return;
  const applied = await intake.openChecks.appliedVersions([...told.keys()]);
  const advanced = await Promise.all(
    [...told].map(([contactId, { workspaceId, events }]) =>
      advance(intake, { contactId, workspaceId, from: applied.get(contactId) ?? 0 }, events),
    ),
  );
  await intake.answerAgain(messages.flatMap((message) => answered(message, applied)));
  const moved = advanced.filter(({ from, to }) => to > from);
  if (moved.length === 0) return;
  // First: once a contact has moved on, its erasure will not be told again.
  await intake.verifications.handleAll(moved.filter(({ erased }) => erased).map(forgetting));
  const { openChecks, runner, clock, deadlineMs } = intake;
  const now = clock();
  const deadline = new Date(now.getTime() + deadlineMs);
  const { claimed, due } = await openChecks.takeIn(moved, {
    now,
    deadline,
    admit: runner.admit,
    leaseEnd: leaseEnd(now),
  });
  runner.start(claimed);
  if (due > 0) runner.wake();
}

/** EV-5: an event about a note or a task has its contact's key, and a sequence of its own. */
const isOfContact = ({ subject, event: { data } }: Incoming<ContactsEvent>): boolean =>
  'contactId' in data && subject === `contacts/${data.contactId}`;

/** The values of a copy that is published again, which were checked before. New ones are answered in their time. */
function answered(
  { again, sequence, event }: Incoming<ContactsEvent>,
  applied: ReadonlyMap<number, number>,
): Unanswered[] {
  if (!again || !('contactId' in event.data)) return [];
  const { contactId } = event.data;
  if (sequence > (applied.get(contactId) ?? 0)) return [];
  const { values, erased } = effectOf(event);
  if (erased) return [{ contactId, value: null }];
  return values.flatMap(({ field, valueVersion }) =>
    valueVersion === null ? [] : [{ contactId, value: { field, valueVersion } }],
  );
}

const forgetting = ({ contactId, workspaceId }: Moved) => ({
  id: String(contactId),
  command: { type: 'ForgetContact', contactId, workspaceId } as const,
  context: { commandId: forgettingId(contactId) },
});

type EventWithMeta = PublishedEvent & { readonly meta?: Meta };

function byContact(messages: readonly Incoming<ContactsEvent>[]) {
  const contacts = new Map<number, { readonly workspaceId: string; readonly events: EventWithMeta[] }>();
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
  { missedEvents, checks }: Intake,
  contact: Omit<Moved, 'to' | 'values' | 'erased'>,
  told: readonly EventWithMeta[],
): Promise<Moved> {
  const values = new Map<VerifiedField, WrittenValue>();
  let to = contact.from;
  let erased = false;
  const apply = ({ sequence, event, meta = {} }: EventWithMeta) => {
    if (sequence !== to + 1) return;
    to = sequence;
    const effect = event ? effectOf(event) : NONE;
    for (const { field, value, valueVersion } of effect.values) {
      const asks = value === null ? 'nobody' : whomToAsk(value, checks[field]);
      values.set(field, { field, value, valueVersion, asks, meta });
    }
    erased ||= effect.erased;
  };
  for (const message of told) {
    // A page at a time, however much is missing.
    while (message.sequence > to + 1) {
      const before = to;
      for (const missed of await missedEvents(contact.contactId, to)) apply(missed);
      if (to === before) {
        throw new Error(`Of contact ${contact.contactId}, version ${to + 1} is neither on the topic nor at its owner.`);
      }
    }
    apply(message);
  }
  return { ...contact, to, values: [...values.values()], erased };
}

type Effect = { readonly values: readonly Omit<WrittenValue, 'asks' | 'meta'>[]; readonly erased: boolean };

const NONE: Effect = { values: [], erased: false };

/** An event's effect here. A shell is about somebody who was erased since: there is nothing to check. */
function effectOf(event: ContactsEvent): Effect {
  switch (event.type) {
    case 'ContactCreated':
      return 'contact' in event.data ? writing(event.data.contact, event.data.valueVersions) : NONE;
    case 'ContactChanged':
      return 'changes' in event.data ? writing(event.data.changes.new, event.data.valueVersions) : NONE;
    case 'ContactErased':
      return { ...writing({ email: null, phone: null }, { email: null, phone: null }), erased: true };
    case 'ContactStatusChanged':
    case 'ContactListed':
    case 'ContactUnlisted':
    case 'ContactListCreated':
    case 'ContactListRenamed':
    case 'ContactListDeleted':
      return NONE;
  }
}

type Values = { readonly [field in VerifiedField]?: string | null };
type ValueVersions = { readonly [field in VerifiedField]: number | null };

const writing = (values: Values, valueVersions: ValueVersions): Effect => ({
  values: verifiedField.options.flatMap((field) => {
    const value = values[field];
    return value === undefined ? [] : [{ field, value, valueVersion: valueVersions[field] }];
  }),
  erased: false,
});
