import type { Pool } from 'pg';

import type { StoredEvent } from './stored-event.ts';
import { reasonOf, remember, type Unpublishable } from './unpublishable.ts';

/** How a service tells its events to others. */
export type Publication<Message> = {
  /** What is told of an event: messages under its id, or none. */
  readonly messagesOf: (event: StoredEvent) => readonly Message[];
  /** What is told of one that cannot be told: its ids and its place, so that the sequence stays whole. */
  readonly shellOf: (event: StoredEvent) => readonly Message[];
  /**
   * Resolves when all are told, in order. Rejects with an error whose `refused` is the id of an event where that one's message can never be sent
   * and those before it are; with any other, they come again.
   */
  readonly send: (messages: readonly Message[]) => Promise<unknown>;
};

type Options<Message> = {
  /** Of the relay. */
  readonly name: string;
  readonly publication: Publication<Message>;
  readonly onUnpublishable: (event: Unpublishable) => void;
};

/** What is to be told in an event's place. */
type Told<Message> = { readonly event: StoredEvent; readonly messages: readonly Message[]; readonly isShell: boolean };

/** A process that does not know how to tell an event fails so often first: between two times one of a later release may take the lead. */
const TRIES = 10;

/** Tells events in order, for a relay. One that can never be told goes out as a shell, so that no event stops those behind it. */
export function teller<Message>(pool: Pool, { name, publication, onUnpublishable }: Options<Message>) {
  const { messagesOf, shellOf, send } = publication;
  let failures = 0;

  async function shellInPlaceOf(event: StoredEvent, error: unknown): Promise<Told<Message>> {
    const { eventId, stream, version, type } = event;
    const unpublishable = { eventId, stream, version, type, reason: reasonOf(error) };
    if (await remember(pool, name, unpublishable)) onUnpublishable(unpublishable);
    return { event, messages: shellOf(event), isShell: true };
  }

  async function inWords(events: readonly StoredEvent[]): Promise<Told<Message>[]> {
    const attempts = events.map((event) => ({ event, ...attempt(event, messagesOf) }));
    const failed = attempts.find(({ error }) => error !== undefined);
    failures = failed ? failures + 1 : 0;
    if (failed && failures < TRIES) {
      const { event, error } = failed;
      throw new Error(`${event.type} ${event.eventId} of ${event.stream} cannot be told: ${reasonOf(error)}.`);
    }
    const told: Told<Message>[] = [];
    for (const { event, messages, error } of attempts) {
      told.push(messages ? { event, messages, isShell: false } : await shellInPlaceOf(event, error));
    }
    return told;
  }

  return async (events: readonly StoredEvent[]): Promise<void> => {
    let left = await inWords(events);
    while (left.length > 0) {
      try {
        await send(left.flatMap(({ messages }) => messages));
        return;
      } catch (error) {
        const at = left.findIndex(({ event }) => event.eventId === refusedBy(error));
        const refused = left[at];
        // What takes not even ids is at fault itself: that will be mended.
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
