import type { Change, Projection } from '@kith/event-store';

import { type Contact, listsOf } from './contact.ts';

/** Keeps `list_members`: who is in a list, with the keys its pages are sorted by. */
export const listMembers: Projection<Contact> = (changes) => {
  // What is there already is not written again: a status changes more often than a name.
  const members = changes.flatMap(({ before, after }) => {
    const was = new Set(membershipsOf(before).map((row) => JSON.stringify(row)));
    return membershipsOf(after).filter((row) => !was.has(JSON.stringify(row)));
  });
  if (members.length === 0) return undefined;
  return {
    text: `insert into list_members (list_id, contact_id, name, email, phone, created_at)
           select list_id, contact_id, name, email, phone, created_at
             from jsonb_populate_recordset(null::list_members, $1::jsonb)
           on conflict (list_id, contact_id) do update
              set name = excluded.name, email = excluded.email, phone = excluded.phone`,
    values: [JSON.stringify(members)],
  };
};

function membershipsOf(contact: Contact) {
  if (contact.status !== 'active') return [];
  const { id, lists, createdAt, profile } = contact;
  const { name, email, phone } = profile;
  const keys = { contact_id: id, name: name ?? '', email: email ?? '', phone: phone ?? '', created_at: createdAt };
  return lists.map((list) => ({ list_id: list, ...keys }));
}

/** Takes out of `list_members` who is in a list no more. */
export const formerMembers: Projection<Contact> = (changes) => {
  const former = changes.flatMap(({ id, before, after }) => left(before, after).map((list) => ({ id, list })));
  if (former.length === 0) return undefined;
  return {
    text: `delete from list_members m using unnest($1::bigint[], $2::bigint[]) as f (list_id, contact_id)
            where (m.list_id, m.contact_id) = (f.list_id, f.contact_id)`,
    values: [former.map(({ list }) => list), former.map(({ id }) => id)],
  };
};

const SLOTS = 16;

/** Keeps `contact_counts`: the sum of a scope's slots is how many it has. */
export const contactCounts: Projection<Contact> = (changes) => {
  const counts = changes.flatMap(counted);
  if (counts.length === 0) return undefined;
  return {
    // Rows are taken in one order, so that two statements never wait for each other.
    text: `insert into contact_counts (scope, slot, contacts)
           select scope, slot, sum(n) from unnest($1::text[], $2::smallint[], $3::int[]) as c (scope, slot, n)
            group by scope, slot
            order by scope, slot
           on conflict (scope, slot) do update set contacts = contact_counts.contacts + excluded.contacts`,
    values: [counts.map(({ scope }) => scope), counts.map(({ slot }) => slot), counts.map(({ n }) => n)],
  };
};

/** Where the contact now is and was not (+1), and the other way round (−1). */
function counted({ id, before, after }: Change<Contact>): { scope: string; slot: number; n: 1 | -1 }[] {
  const slot = Number(id) % SLOTS;
  const scopes = (contact: Contact) =>
    contact.status === 'active' ? [contact.workspaceId, ...contact.lists.map((list) => `list-${list}`)] : [];
  const [was, is] = [scopes(before), scopes(after)];
  return [
    ...is.filter((scope) => !was.includes(scope)).map((scope) => ({ scope, slot, n: 1 as const })),
    ...was.filter((scope) => !is.includes(scope)).map((scope) => ({ scope, slot, n: -1 as const })),
  ];
}

const left = (before: Contact, after: Contact): number[] => {
  const still = listsOf(after);
  return listsOf(before).filter((list) => !still.includes(list));
};
