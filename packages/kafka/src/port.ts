import type { Topic } from '@kith/contracts/topics';

/** The part of pino that is used: four levels. */
export type Log = Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>;

/** A message on its way out: the key decides its partition, so messages of one key stay in order. */
export type Outgoing<Event> = {
  readonly key: string;
  readonly id: string;
  readonly source: string;
  /** The thing that the event is about: `contacts/123`, `contacts/123/notes/9`. One key may have several subjects. */
  readonly subject: string;
  readonly time: Date;
  /** The version of the subject: by it readers recognise copies and gaps, subject by subject. */
  readonly sequence: number;
  /** A copy of an earlier message, for a reader that has lost it, or whose answer was lost. */
  readonly again?: true;
  readonly traceparent?: string;
  readonly requestId?: string;
  readonly event: Event;
};

/** Kafka will refuse this message however often it is sent. Those before it are written, those after it are not all. */
export class MessageRefused extends Error {
  override readonly name = 'MessageRefused';
  /** The message's id. */
  readonly refused: string;
  /** Why, in Kafka's words: `MESSAGE_TOO_LARGE`. */
  readonly code: string;

  constructor(refused: string, code: string, options?: ErrorOptions) {
    super(`Message ${refused} can never be sent: ${code}.`, options);
    this.refused = refused;
    this.code = code;
  }
}

export type Producer<Event> = AsyncDisposable & {
  /**
   * Resolves when every in-sync replica has the messages. When it rejects with `MessageRefused`, that one will never get through. At any other
   * rejection, any of them may be written all the same: send the lot again, in the same order.
   */
  send(messages: readonly Outgoing<Event>[]): Promise<void>;
};

export type Incoming<Event> = {
  readonly key: string;
  /** Any text. CloudEvents: an id is unique within its source. */
  readonly id: string;
  readonly source: string;
  /** The thing that the event is about. `sequence` counts its events, not those of the key. */
  readonly subject: string;
  readonly sequence: number;
  readonly time: Date;
  /** A copy, sent because an answer is missing: a reader that has answered it answers once more. */
  readonly again?: true;
  readonly traceparent?: string;
  readonly requestId?: string;
  readonly partition: number;
  readonly offset: string;
  readonly event: Event;
};

export type Subscription<Event extends { type: string }> = {
  /** After the installation's prefix: `contacts-service` of `kith.contacts-service`. */
  readonly group: string;
  readonly topic: Topic<Event>;
  /** The start of a group that has read nothing; the first message by default. */
  readonly fromBeginning?: boolean;
  /** It is called at least once for each message, in order per key, with up to 500 messages of several partitions. Make it idempotent. */
  readonly handle: (messages: readonly Incoming<Event>[]) => Promise<unknown>;
  /** Takes the messages that cannot be handled. Without one they are logged and skipped. */
  readonly lot?: ParkingLot;
  /**
   * Events that are handled although earlier messages of their key are parked: an erasure must not wait for an operator.
   * The handler then sees a gap before it. An erasure must have the lot refuse its key from then on.
   */
  readonly overtakes?: (event: Event) => boolean;
  /** Milliseconds to wait before each further attempt at what `handle` threw at. An outage has no limit: it is waited out. */
  readonly retryDelays?: readonly number[];
};

export type Consumer = AsyncDisposable & {
  /** Settles when it first has partitions to read, or is disposed of before. A service need not wait for it. */
  readonly joined: Promise<void>;
  /** Rejects during an outage of something that the handler needs, such as a database: part of the service's readiness. */
  readonly ready: () => Promise<void>;
};

export type ParkedMessage = {
  /** With the installation's prefix, as the broker knows it. */
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly headers: Record<string, string>;
  readonly value: Buffer | null;
  readonly reason: string;
  /** How often it failed by itself; 0 while it only queues behind another. */
  readonly attempts: number;
  /** It need not wait for earlier messages of its key. */
  readonly overtakes: boolean;
};

/** Dead letters that keep a key's order: behind a message that could not be handled, the later ones of its key wait too. */
export type ParkingLot = {
  /** Those of the keys that have parked messages. */
  parkedKeys(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Idempotent by topic, partition and offset. Messages of keys that have been erased are not parked; those keys are the answer.
   * The more attempts failed, the later a message is due.
   */
  park(messages: readonly ParkedMessage[]): Promise<ReadonlySet<string>>;
  /** Some of the messages to be tried again now: only the oldest of each key, and those that overtake. */
  due(topic: string, partitions: readonly number[]): Promise<readonly ParkedMessage[]>;
  /** It is handled now. */
  release(message: ParkedMessage): Promise<void>;
  /** It failed again: due later, with these attempts and this reason. Nothing is kept of a key that has been erased. */
  keep(message: ParkedMessage): Promise<void>;
};
