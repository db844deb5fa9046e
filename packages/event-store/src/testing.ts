import { expect } from '@jest/globals';
import { Problem, type ProblemKind } from '@kith/contracts';

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

/** The state after each event, recorded from version 1 on. */
export function statesOf<State, Event extends DomainEvent>(
  { initial, evolve }: Decider<State, never, Event>,
  events: readonly Event[],
): State[] {
  const states: State[] = [];
  for (const event of events.map(recorded)) states.push(evolve(states.at(-1) ?? initial, event));
  return states;
}

const recorded = <Event extends DomainEvent>(event: Event, n: number): Recorded<Event> => ({
  ...event,
  version: n + 1,
  recordedAt: RECORDED_AT,
});
