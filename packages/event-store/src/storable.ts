import { isDeepStrictEqual } from 'node:util';

import type { z } from 'zod';

import type { Aggregate } from './aggregate.ts';
import type { DomainEvent } from './decider.ts';

/**
 * An event in its stored form, as it will be read. Throws where that form does not allow it, as once stored it could be neither folded nor
 * published; and where that form has no place for a member, which would be lost without a word.
 */
export function storable<Event extends DomainEvent>(
  schema: Aggregate<never, never, Event>['schema'],
  stream: string,
  event: Event,
): Event {
  const { success, data, error } = schema.safeParse(event);
  if (success && isDeepStrictEqual(data, event)) return data;
  throw new Error(
    `${stream}: ${event.type} cannot be stored (${error ? placesOf(error) : 'its stored form has no place for all of it'}).`,
  );
}

/** The places where an event is not in its stored form, and no more: zod's messages name unknown members, and those may be a client's words. */
export const placesOf = (error: Error): string | undefined =>
  isZodError(error)
    ? error.issues.map(({ path, code }) => `${path.map(String).join('.')} ${code}`).join(', ')
    : undefined;

const isZodError = (error: Error): error is z.ZodError => error.name === 'ZodError';
