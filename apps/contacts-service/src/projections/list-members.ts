import type { Change, Projection } from '@kith/event-store';

import type { Contact } from '../domain/contact.ts';

const listsOf = (contact: Contact) => (contact.status === 'active' ? contact.lists : []);

/** Keeps `list_members`: who is in a list, with the keys its pages are sorted by. */
export const listMembers: Projection<Contact> = (changes) => {
  const members = changes.flatMap(({ after }) => {
    if (after.status !== 'active') return [];
    const { id, lists, createdAt, profile } = after;
    const { name, email, phone } = profile;
    const keys = { contact_id: id, name: name ?? '', email: email ?? '', phone: phone ?? '', created_at: createdAt };
    return lists.map((list) => ({ list_id: list, ...keys }));
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

const SLOTS = 16;

/** Keeps `list_counts`: the sum of a list's slots is how many it has. */
export const listCounts: Projection<Contact> = (changes) => {
  const counts = changes.flatMap(joined);
  if (counts.length === 0) return undefined;
  return {
    // Rows are taken in one order, so that two statements never wait for each other.
    text: `insert into list_counts (list_id, slot, contacts)
           select list_id, slot, sum(n) from unnest($1::bigint[], $2::smallint[], $3::int[]) as c (list_id, slot, n)
            group by list_id, slot
            order by list_id, slot
           on conflict (list_id, slot) do update set contacts = list_counts.contacts + excluded.contacts`,
    values: [counts.map(({ list }) => list), counts.map(({ slot }) => slot), counts.map(({ n }) => n)],
  };
};

/** Lists that the contact is now in and was not (+1), and the other way round (−1). */
function joined({ id, before, after }: Change<Contact>): { list: number; slot: number; n: 1 | -1 }[] {
  const [was, is] = [listsOf(before), listsOf(after)];
  const slot = Number(id) % SLOTS;
  return [
    ...is.filter((list) => !was.includes(list)).map((list) => ({ list, slot, n: 1 as const })),
    ...was.filter((list) => !is.includes(list)).map((list) => ({ list, slot, n: -1 as const })),
  ];
}
