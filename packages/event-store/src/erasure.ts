import type { Change, Projection } from './aggregate.ts';
import type { Sql } from './postgres/sql.ts';

/**
 * Projections for an aggregate that is a person: the statement that erases it also deletes what the event store keeps about it. Without the
 * data key the events of every stream say nothing of the person; answers under idempotency keys and parked messages are personal data, too.
 */
export function forgetErased<State>(
  category: string,
  isErased: (state: State) => boolean,
): readonly Projection<State>[] {
  const forget =
    (text: string, nameOf: (id: string) => string): Projection<State> =>
    (changes: readonly Change<State>[]): Sql | undefined => {
      const erased = changes.filter(({ after }) => isErased(after)).map(({ id }) => nameOf(id));
      return erased.length > 0 ? { text, values: [erased] } : undefined;
    };
  const subject = (id: string) => `${category}-${id}`;
  return [
    forget(`delete from data_keys where subject = any($1::text[])`, subject),
    forget(`update idempotency_keys set body = null where subject = any($1::text[])`, subject),
    // Messages carry the id as their key. The parking lot refuses the key from now on: some messages may be about to be parked.
    forget(`delete from parked_messages where key = any($1::text[])`, (id) => id),
    forget(`insert into erased_keys select unnest($1::text[]) on conflict do nothing`, (id) => id),
  ];
}
