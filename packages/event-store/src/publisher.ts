import type { Pool } from 'pg';

import type { StoredEvent } from './stored-event.ts';
import { reasonOf, remember, type Unpublishable } from './unpublishable.ts';

/** How a service publishes its events. */
export type Publication<Message> = {
  /** The messages that publish an event, each under its id; none where nothing is published. */
  readonly messagesOf: (event: StoredEvent) => readonly Message[];
  /** The messages in place of an event that cannot be published: ids and its place, so that the sequence stays whole. */
  readonly shellOf: (event: StoredEvent) => readonly Message[];
  /**
   * Resolves when all are sent, in order. Rejects with an error whose `refused` is the id of an event if that event's message can never be sent
   * and those before it are sent. After any other error all come again.
   */
  readonly send: (messages: readonly Message[]) => Promise<unknown>;
};

type Options<Message> = {
  /** The relay's name. */
  readonly name: string;
  readonly publication: Publication<Message>;
  readonly onUnpublishable: (event: Unpublishable) => void;
};

/** An event with the messages that stand for it. */
type Prepared<Message> = {
  readonly event: StoredEvent;
  readonly messages: readonly Message[];
  readonly isShell: boolean;
};

/** How often a process fails at an event that it cannot publish, before it sends a shell: a process of a later release may take the lead meanwhile. */
const TRIES = 10;

/** Publishes events in order, for a relay. An event that can never be published goes out as a shell, so that none stops those behind it. */
export function publisher<Message>(pool: Pool, { name, publication, onUnpublishable }: Options<Message>) {
  const { messagesOf, shellOf, send } = publication;
  let failures = 0;

  async function shellInPlaceOf(event: StoredEvent, error: unknown): Promise<Prepared<Message>> {
    const { eventId, stream, version, type } = event;
    const unpublishable = { eventId, stream, version, type, reason: reasonOf(error) };
    if (await remember(pool, name, unpublishable)) onUnpublishable(unpublishable);
    return { event, messages: shellOf(event), isShell: true };
  }

  async function prepare(events: readonly StoredEvent[]): Promise<Prepared<Message>[]> {
    const attempts = events.map((event) => ({ event, ...attempt(event, messagesOf) }));
    const failed = attempts.find(({ error }) => error !== undefined);
    failures = failed ? failures + 1 : 0;
    if (failed && failures < TRIES) {
      const { event, error } = failed;
      throw new Error(`${event.type} ${event.eventId} of ${event.stream} cannot be published: ${reasonOf(error)}.`);
    }
    const prepared: Prepared<Message>[] = [];
    for (const { event, messages, error } of attempts) {
      prepared.push(messages ? { event, messages, isShell: false } : await shellInPlaceOf(event, error));
    }
    return prepared;
  }

  return async (events: readonly StoredEvent[]): Promise<void> => {
    let left = await prepare(events);
    while (left.length > 0) {
      try {
        await send(left.flatMap(({ messages }) => messages));
        return;
      } catch (error) {
        const at = left.findIndex(({ event }) => event.eventId === refusedBy(error));
        const refused = left[at];
        // Kafka that refuses even ids is at fault itself: the relay tries again.
        if (!refused || refused.isShell) throw error;
        left = [await shellInPlaceOf(refused.event, error), ...left.slice(at + 1)];
      }
    }
  };
}

function attempt<Message>(event: StoredEvent, messagesOf: Publication<Message>['messagesOf']) {
  try {
    if (event.broken) throw new BrokenSeal();
    return { messages: messagesOf(event) };
  } catch (error) {
    return { error };
  }
}

class BrokenSeal extends Error {
  override readonly name = 'BrokenSeal';
}

const refusedBy = (error: unknown) => (Error.isError(error) && 'refused' in error ? error.refused : undefined);
