import type { Change, Projection } from './aggregate.ts';
import type { Sql } from './postgres/sql.ts';

/**
 * For aggregates that can be erased: what the event store keeps of a stream besides its events goes in the statement that erases it. Without
 * its key the events say nothing of anyone; messages parked for it and answers kept of it are personal data, too.
 */
export function forgetErased<State>(
  category: string,
  isErased: (state: State) => boolean,
): readonly Projection<State>[] {
  const forget =
    (text: string, of: (id: string) => string): Projection<State> =>
    (changes: readonly Change<State>[]): Sql | undefined => {
      const erased = changes.filter(({ after }) => isErased(after)).map(({ id }) => of(id));
      return erased.length > 0 ? { text, values: [erased] } : undefined;
    };
  const stream = (id: string) => `${category}-${id}`;
  return [
    forget(`delete from data_keys where stream = any($1::text[])`, stream),
    forget(`update kept_answers set body = null where subject = any($1::text[])`, stream),
    // Consumers know it by the key of its messages. The lot refuses the key from now on: some may be about to be parked.
    forget(`delete from parked_messages where key = any($1::text[])`, (id) => id),
    forget(`insert into erased_keys select unnest($1::text[]) on conflict do nothing`, (id) => id),
  ];
}
