import type { Projection } from '@kith/event-store';

import { type ContactState, listsOf } from './contact.ts';

/** Keeps `list_members`: the contacts of each list, with the keys its pages are sorted by. */
export const listMembers: Projection<ContactState> = (changes) => {
  // A row that stays the same is not written again: a status changes more often than a name.
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

function membershipsOf(contact: ContactState) {
  if (contact.status !== 'active') return [];
  const { id, lists, createdAt, profile } = contact;
  const { name, email, phone } = profile;
  const keys = { contact_id: id, name: name ?? '', email: email ?? '', phone: phone ?? '', created_at: createdAt };
  return lists.map((list) => ({ list_id: list, ...keys }));
}

/** Deletes from `list_members` the contacts that have left a list. */
export const formerMembers: Projection<ContactState> = (changes) => {
  const former = changes.flatMap(({ id, before, after }) => left(before, after).map((list) => ({ id, list })));
  if (former.length === 0) return undefined;
  return {
    text: `delete from list_members m using unnest($1::bigint[], $2::bigint[]) as f (list_id, contact_id)
            where (m.list_id, m.contact_id) = (f.list_id, f.contact_id)`,
    values: [former.map(({ list }) => list), former.map(({ id }) => id)],
  };
};

const left = (before: ContactState, after: ContactState): number[] => {
  const still = listsOf(after);
  return listsOf(before).filter((list) => !still.includes(list));
};
