/** A fact. `personal` is what it says of a person: it is stored sealed under that person's data key. */
export type DomainEvent = { readonly type: string; readonly data: object; readonly personal?: object };

/** A fact with its place in its stream. */
export type Recorded<Event extends DomainEvent> = Event & { readonly version: number; readonly recordedAt: Date };

/**
 * An aggregate's rules, without I/O. `decide` answers a command with the facts that follow from it (none where nothing changes) or throws a
 * `Problem`; `evolve` says what a fact makes of the state. Properties, not methods, so that they can be passed about.
 */
export type Decider<State, Command, Event extends DomainEvent> = {
  readonly initial: State;
  readonly decide: (command: Command, state: State) => readonly Event[];
  readonly evolve: (state: State, event: Recorded<Event>) => State;
};
