import type { ContactPageQuery } from '@kith/contracts/contacts';

export type Source = 'list' | 'workspace';
type Sort = ContactPageQuery['sort'];
type Order = ContactPageQuery['order'];
export type PageShape = { readonly sort: Sort; readonly order: Order; readonly after: boolean };

/** Counting more than this of a search's matches costs more than knowing it is worth. */
export const SEARCH_COUNTS_UP_TO = 10_000;

/** How far along its order a page looks for what is common, before all that matches is sorted. */
const LOOKS_AT = 2_000;

type Members = {
  readonly from: string;
  readonly where: string;
  readonly id: string;
  readonly key: (sort: Sort) => string;
};

const ofContacts = {
  from: 'contacts c',
  id: 'c.id',
  // As the indexes say it.
  key: (sort: Sort) => (sort === 'created_at' ? 'c.created_at' : `(coalesce(c.${sort}, '') collate "und-x-icu")`),
};

/** Where the members of a page come from: the table that carries the sort keys, and what they are called there. */
const MEMBERS: Record<Source, Members> = {
  list: { from: 'list_members m', where: 'm.list_id = $1', id: 'm.contact_id', key: (sort) => `m.${sort}` },
  workspace: { ...ofContacts, where: 'c.workspace_id = $1' },
};

/** The same with the contacts, for what only they have. */
const MEMBERS_WITH_CONTACTS: Record<Source, Members> = {
  ...MEMBERS,
  list: { ...MEMBERS.list, from: 'list_members m join contacts c on c.id = m.contact_id' },
};

/** Of a long list, joining ten thousand members costs twice what finding them does. */
const LONG_LIST: Members = { ...ofContacts, where: 'c.lists @> array[$1::bigint]' };

/**
 * $1 the list or workspace, $2 how many, $3 the offset; then key and id after which to begin. The words come from our own enums, so the texts
 * are few and each is planned once. The order is total: ties by id.
 */
export function pageStatement(source: Source, { sort, order, after }: PageShape): string {
  const { from, where, id, key } = MEMBERS[source];
  return `
  select c.*, m.key::text as "$key"
    from (select ${id} as id, ${key(sort)} as key
            from ${from}
           where ${where} ${after ? `and ${isAfter(MEMBERS[source], sort, order, 4)}` : ''}
           order by ${key(sort)} ${order}, ${id} ${order}
           limit $2 offset $3) m
    join contacts c on c.id = m.id
   order by m.key ${order}, m.id ${order}`;
}

/**
 * A search's page among the first of its order: the same parameters, with the patterns at $4. It may not find enough. The inner limit keeps
 * the planner from looking for the patterns first.
 */
export function nearStatement(source: Source, { sort, order, after }: PageShape): string {
  const members = MEMBERS_WITH_CONTACTS[source];
  const { from, where, id, key } = members;
  return `
  select m.*, m.key::text as "$key"
    from (select c.*, ${key(sort)} as key
            from ${from}
           where ${where} ${after ? `and ${isAfter(members, sort, order, 5)}` : ''}
           order by ${key(sort)} ${order}, ${id} ${order}
           limit ${LOOKS_AT}) m
   where m.search like any ($4::text[])
   order by m.key ${order}, m.id ${order}
   limit $2 offset $3`;
}

export type Reach = { readonly long: boolean; readonly counted: boolean };

/**
 * The same parameters: what a search finds, its number, and a page of it; a row without a contact where the page is empty. `counted` stops at
 * one more than is counted, and the page is right only if there is not that one.
 */
export function foundStatement(source: Source, { sort, order, after }: PageShape, { long, counted }: Reach): string {
  const members = long && source === 'list' ? LONG_LIST : MEMBERS_WITH_CONTACTS[source];
  const { from, where, id, key } = members;
  return `
    with found as materialized (
      select ${id} as id, ${key(sort)} as key, ${after ? isAfter(members, sort, order, 5) : true} as after
        from ${from}
       where ${where} and c.search like any ($4::text[])
       ${counted ? `limit ${SEARCH_COUNTS_UP_TO + 1}` : ''}
    )
  select c.*, m.key::text as "$key", t.total
    from (select count(*)::int as total from found) t
    left join (select id, key from found where after order by key ${order}, id ${order} limit $2 offset $3) m on true
    left join contacts c on c.id = m.id
   order by m.key ${order}, m.id ${order}`;
}

function isAfter({ id, key }: Members, sort: Sort, order: Order, parameter: number): string {
  const type = sort === 'created_at' ? 'timestamptz' : 'text';
  return `(${key(sort)}, ${id}) ${order === 'asc' ? '>' : '<'} ($${parameter}::${type}, $${parameter + 1}::bigint)`;
}

/**
 * The term as LIKE patterns that mean it literally; one of digits, whatever stands between them, is looked for among the phones' digits too:
 * they are the last of the four that U+001F keeps apart.
 */
export function patternsOf(term: string): string[] {
  // What keeps them apart is in none of them.
  if (term.includes('\u001f')) return [];
  const literal = `%${term.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const digits = /^[\d\s()+./-]*$/.test(term) ? term.replace(/\D/g, '') : '';
  // Digits alone are found among the digits as they are: two patterns are two searches of the index.
  return digits === '' || digits === term ? [literal] : [literal, `%\u001f%\u001f%\u001f%${digits}%`];
}
