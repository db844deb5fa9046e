import type { Change, Projection } from '@kith/event-store';

import type { ContactState } from './contact.ts';

const SLOTS = 16;

/** Keeps `contact_counts`: the sum of a scope's slots is the number of its contacts. */
export const contactCounts: Projection<ContactState> = (changes) => {
  const counts = changes.flatMap(counted);
  if (counts.length === 0) return undefined;
  return {
    // The order of the rows keeps two statements from waiting for each other.
    text: `insert into contact_counts (scope, slot, contacts)
           select scope, slot, sum(n) from unnest($1::text[], $2::smallint[], $3::int[]) as c (scope, slot, n)
            group by scope, slot
            order by scope, slot
           on conflict (scope, slot) do update set contacts = contact_counts.contacts + excluded.contacts`,
    values: [counts.map(({ scope }) => scope), counts.map(({ slot }) => slot), counts.map(({ n }) => n)],
  };
};

/** The scopes that the contact has joined (+1) and left (−1). */
function counted({ id, before, after }: Change<ContactState>): { scope: string; slot: number; n: 1 | -1 }[] {
  const slot = Number(id) % SLOTS;
  const scopes = (contact: ContactState) =>
    contact.status === 'active' ? [contact.workspaceId, ...contact.lists.map((list) => `list-${list}`)] : [];
  const [was, is] = [scopes(before), scopes(after)];
  return [
    ...is.filter((scope) => !was.includes(scope)).map((scope) => ({ scope, slot, n: 1 as const })),
    ...was.filter((scope) => !is.includes(scope)).map((scope) => ({ scope, slot, n: -1 as const })),
  ];
}
