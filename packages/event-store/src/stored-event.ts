import { Problem } from '@kith/contracts';

import { type Keyring, unseal, type WrappedKey } from './sealing.ts';

/** The actor and the request behind an event. Identifiers only: it is stored in clear. */
export type Meta = { readonly actor?: string; readonly requestId?: string; readonly traceparent?: string };

export type StoredEvent = {
  readonly stream: string;
  readonly version: number;
  readonly eventId: string;
  /** The person that it is about, by the name of that person's own stream. Null where it is about nobody. */
  readonly subject: string | null;
  readonly type: string;
  readonly data: object;
  /** Absent where the fact says nothing of a person, and where its key is destroyed. */
  readonly personal?: object;
  /** The personal part is there and does not open: the bytes or their key were damaged. */
  readonly broken?: true;
  /** It was told before: this is a copy, for a reader that has lost it. */
  readonly again?: true;
  readonly meta: Meta;
  readonly recordedAt: Date;
};

/** The release of the stored form that this code writes, and the newest it reads. */
export const SCHEMA_VERSION = 1;

/** The columns of an `EventRow`, from `EVENTS`. */
export const EVENT_COLUMNS = `
  e.stream, e.version, e.event_id as "eventId", e.subject, e.type, e.schema_version as "schemaVersion", e.data, e.personal, e.meta,
  e.recorded_at as "recordedAt", k.kek, k.wrapped`;

/** Events, each with the data key of the person that it is about, as long as that exists. */
export const EVENTS = `events e left join data_keys k on k.subject = e.subject`;

export type EventRow = Omit<StoredEvent, 'personal' | 'broken' | 'again'> & {
  readonly schemaVersion: number;
  readonly personal: Buffer | null;
} & (WrappedKey | { readonly kek: null; readonly wrapped: null });

export function toStoredEvent(row: EventRow, ring: Keyring | undefined): StoredEvent {
  const { schemaVersion, personal, kek, wrapped, ...event } = row;
  const { stream, version, subject, type } = event;
  if (schemaVersion > SCHEMA_VERSION) {
    throw new Error(
      `${stream} holds ${type} in version ${schemaVersion}, written by a newer release of Kith than this.`,
    );
  }
  if (!personal || !wrapped || subject === null) return pick(event);
  if (!ring) throw new Error(`${stream} holds sealed events, and no encryption key is configured.`);
  try {
    return {
      ...pick(event),
      personal: unseal(ring.unwrap(subject, { kek, wrapped }), stream, version, type, personal),
    };
  } catch (error) {
    // A key-encryption key that is not configured can be: then it opens.
    if (error instanceof Problem) throw error;
    return { ...pick(event), broken: true };
  }
}

// A row of the feed carries its place in the feed, too, which is no part of the event.
const pick = ({
  stream,
  version,
  eventId,
  subject,
  type,
  data,
  meta,
  recordedAt,
}: Omit<StoredEvent, 'personal' | 'broken' | 'again'>): StoredEvent => ({
  stream,
  version,
  eventId,
  subject,
  type,
  data,
  meta,
  recordedAt,
});
