import type { ContactPageQuery } from '@kith/contracts/contacts';

export type Source = 'list' | 'workspace';
type Sort = ContactPageQuery['sort'];
type Order = ContactPageQuery['order'];
export type PageShape = { readonly sort: Sort; readonly order: Order; readonly after: boolean };

/** The most matches that are counted: an exact total beyond this is not worth its cost. */
export const SEARCH_COUNTS_UP_TO = 10_000;

/** The number of contacts that a page of a common term reads in order, before all matches are sorted instead. */
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
  // The expression is the one of the indexes.
  key: (sort: Sort) => (sort === 'created_at' ? 'c.created_at' : `(coalesce(c.${sort}, '') collate "und-x-icu")`),
};

/** The table that the members of a page come from, and the names of the sort keys there. */
const MEMBERS: Record<Source, Members> = {
  list: { from: 'list_members m', where: 'm.list_id = $1', id: 'm.contact_id', key: (sort) => `m.${sort}` },
  workspace: { ...ofContacts, where: 'c.workspace_id = $1' },
};

/** The same members joined with their contacts, for columns that only those have. */
const MEMBERS_WITH_CONTACTS: Record<Source, Members> = {
  ...MEMBERS,
  list: { ...MEMBERS.list, from: 'list_members m join contacts c on c.id = m.contact_id' },
};

/** A long list is read from `contacts`: joining ten thousand members costs twice what finding them does. */
const LONG_LIST: Members = { ...ofContacts, where: 'c.lists @> array[$1::bigint]' };

/**
 * Parameters: $1 list or workspace, $2 limit, $3 offset; then the key and id to begin after. The words come from our own enums, so there are few
 * texts, and each is planned once. The id breaks ties, so the order is total.
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
 * Looks for a search's page among the first contacts of its order, with the same parameters and the patterns at $4. It may not find enough. The
 * inner limit keeps the planner from looking for the patterns first.
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
 * Finds all matches of a search, with the same parameters: their number and a page of them; an empty page is a row without a contact. `counted`
 * stops at one over the limit, and the page is right only if that one is not reached.
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
 * Turns a term into LIKE patterns that match it literally. A term of digits, with any separators, is looked for among the phones' digits too:
 * they are the last of the four texts that U+001F separates.
 */
export function patternsOf(term: string): string[] {
  // No text contains the separator.
  if (term.includes('\u001f')) return [];
  const literal = `%${term.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const digits = /^[\d\s()+./-]*$/.test(term) ? term.replace(/\D/g, '') : '';
  // One pattern is enough for digits without separators: two patterns are two searches of the index.
  return digits === '' || digits === term ? [literal] : [literal, `%\u001f%\u001f%\u001f%${digits}%`];
}
