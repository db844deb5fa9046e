import type { ContactPageQuery } from '@kith/contracts';

export type Source = 'list' | 'workspace';
type Sort = ContactPageQuery['sort'];
type Order = ContactPageQuery['order'];
export type Filter = { readonly search: boolean; readonly after: boolean };

/** Counting more than this of a search's matches costs more than knowing it is worth. */
export const SEARCH_COUNTS_UP_TO = 10_000;

/** Where the members of a page come from: the table that carries the sort keys, and what they are called there. */
const MEMBERS: Record<Source, { from: string; where: string; id: string; key: (sort: Sort) => string }> = {
  list: {
    from: 'list_members m',
    where: 'm.list_id = $1',
    id: 'm.contact_id',
    key: (sort) => `m.${sort}`,
  },
  workspace: {
    from: 'contacts m',
    where: 'm.workspace_id = $1',
    id: 'm.id',
    // As the indexes say it.
    key: (sort) => (sort === 'created_at' ? 'm.created_at' : `(coalesce(m.${sort}, '') collate "und-x-icu")`),
  },
};

/**
 * $1 the list or workspace, $2 how many, $3 the offset; then the patterns of a search, then key and id after which to begin. The words come
 * from our own enums, so the texts are few and each is planned once. The order is total: ties by id.
 */
export function pageStatement(source: Source, sort: Sort, order: Order, { search, after }: Filter): string {
  const { from, where, id, key } = MEMBERS[source];
  const by = key(sort);
  const cursor = search ? 5 : 4;
  const type = sort === 'created_at' ? 'timestamptz' : 'text';
  return `
  select c.*, m.key::text as "$key"
    from (select ${id} as id, ${by} as key
            from ${from} ${search ? searched(source) : ''}
           where ${where}
             ${search ? 'and s.search like any ($4::text[])' : ''}
             ${after ? `and (${by}, ${id}) ${order === 'asc' ? '>' : '<'} ($${cursor}::${type}, $${cursor + 1}::bigint)` : ''}
           order by ${by} ${order}, ${id} ${order}
           limit $2 offset $3) m
    join contacts c on c.id = m.id
   order by m.key ${order}, m.id ${order}`;
}

/** How many a search finds, up to one more than is counted: $1 the list or workspace, $2 the patterns. */
export const matches = (source: Source): string => `
  select count(*)::int as total
    from (select from ${MEMBERS[source].from} ${searched(source)}
           where ${MEMBERS[source].where} and s.search like any ($2::text[])
           limit ${SEARCH_COUNTS_UP_TO + 1}) found`;

const searched = (source: Source) => `join contacts s on s.id = ${MEMBERS[source].id}`;

/** The term as LIKE patterns that mean it literally; one of digits, whatever stands between them, is looked for among the phones' digits too. */
export function patternsOf(term: string): string[] {
  // Between two fields nothing is found.
  if (term.includes('\u001f')) return [];
  const literal = `%${term.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const digits = /^[\d\s()+./-]*$/.test(term) ? term.replace(/\D/g, '') : '';
  return digits === '' ? [literal] : [literal, `%${digits}%`];
}
