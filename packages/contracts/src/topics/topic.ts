import type { z } from 'zod';

/** The events on a topic: `type` is the header `ce_type`, `data` the message's value. */
export type Topic<Event extends { type: string }> = {
  /** Its name after the installation's prefix: `contacts.v1` of `kith.contacts.v1`. */
  readonly name: string;
  readonly schema: z.ZodType<Event>;
  readonly types: readonly Event['type'][];
};
