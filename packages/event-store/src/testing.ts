import { expect, test } from '@jest/globals';
import { Problem, type ProblemKind } from '@kith/contracts';

import type { z } from 'zod';

import type { Decider, DomainEvent, Recorded } from './decider.ts';

const RECORDED_AT = new Date('2026-01-01T00:00:00Z');

/** `given(past).when(command).emits(facts)`: the past is recorded from version 1 on. */
export function specify<State, Command, Event extends DomainEvent>({
  initial,
  decide,
  evolve,
}: Decider<State, Command, Event>) {
  return (...past: readonly Event[]) => ({
    when(command: Command) {
      const decided = () => decide(command, past.map(recorded).reduce(evolve, initial));
      return {
        emits: (...events: readonly Event[]) => expect(decided()).toEqual(events),
        emitsNothing: () => expect(decided()).toEqual([]),
        rejects({ kind }: { kind: ProblemKind }) {
          expect(decided).toThrow(Problem);
          expect(decided).toThrow(expect.objectContaining({ kind }));
        },
      };
    },
  });
}

type EventSchema<Event extends DomainEvent> = z.ZodType<Event> & {
  readonly options: readonly { readonly shape: { readonly type: z.ZodLiteral<string> } }[];
};

/**
 * Tests that every event is there as it was ever stored, and that each is read whole and says something. The states they lead to, each
 * after its event.
 */
export function readsAsStored<State, Event extends DomainEvent>(
  schema: EventSchema<Event>,
  { initial, evolve }: Decider<State, never, Event>,
  stored: readonly unknown[],
): readonly State[] {
  const events = stored.map((event) => schema.parse(event));
  const states: State[] = [];
  for (const event of events.map(recorded)) states.push(evolve(states.at(-1) ?? initial, event));

  test('there is an example of every event', () => {
    const types = schema.options.map(({ shape }) => shape.type.value);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(types));
  });

  test('nothing that was stored is lost in reading', () => expect(events).toEqual(stored));

  test('every event says something', () => expect(new Set(states).size).toBe(events.length));

  return states;
}

const recorded = <Event extends DomainEvent>(event: Event, n: number): Recorded<Event> => ({
  ...event,
  version: n + 1,
  recordedAt: RECORDED_AT,
});
