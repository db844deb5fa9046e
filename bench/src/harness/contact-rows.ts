import { randomBytes, randomUUID } from 'node:crypto';

import type { Client, Pool } from 'pg';

type Row = Readonly<Record<string, unknown>>;
type Template = { readonly table: string; readonly columns: readonly string[]; readonly rows: readonly Row[] };

const SLOTS = 16;

/** The columns that link rows to the contact $1. A table with none of them holds no rows of a contact. */
const OWNER: Readonly<Record<string, string>> = {
  stream: `stream = 'contact-' || $1`,
  subject: `subject = 'contact-' || $1`,
  contact_id: `contact_id = $1::bigint`,
  slot: `slot = $1::bigint % ${SLOTS}`,
};

/** The rows that a new contact has caused, by table. Reads every table, so it follows the schema. */
export async function rowsOfContact(client: Client, id: number): Promise<readonly Template[]> {
  const { rows: tables } = await client.query<{ table: string; columns: string[] }>(
    // The server computes generated columns itself, also for the copies.
    `select c.table_name as "table", array_agg(c.column_name::text order by c.ordinal_position) as columns
       from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
      where table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER' and c.is_identity = 'NO'
        and c.column_name <> 'transaction'
      group by c.table_name order by c.table_name`,
  );
  const templates: Template[] = [];
  for (const { table, columns } of tables) {
    const owner = table === 'contacts' ? 'id = $1::bigint' : columns.map((column) => OWNER[column]).find(Boolean);
    if (!owner) continue;
    // Verification may have added events by now.
    const first = table === 'events' ? 'and version = 1' : '';
    const { rows } = await client.query<{ row: Row }>(
      `select to_jsonb(t) as row from ${table} t where ${owner} ${first}`,
      [String(id)],
    );
    if (rows.length > 0) templates.push({ table, columns, rows: rows.map(({ row }) => row) });
  }
  return templates;
}

/** Stores such rows under another number by one statement that is prepared once: the least that a create can cost. */
export function appendRows(pool: Pool, templates: readonly Template[]): (id: number) => Promise<unknown> {
  const inserts = templates.map(({ table, columns }, n) => {
    const names = columns.map((column) => `"${column}"`).join(', ');
    return `i${n} as (insert into ${table} as t (${names})
      select ${names} from jsonb_populate_recordset(null::${table}, $${n + 1}::jsonb) ${columns.includes('slot') ? COUNT_UP : ''})`;
  });
  const text = `with ${inserts.join(',\n')} select 1`;
  return (id) => pool.query({ name: 'append-contact', text, values: templates.map((rows) => copyFor(rows, id)) });
}

const COUNT_UP = 'on conflict (scope, slot) do update set contacts = t.contacts + excluded.contacts';

function copyFor({ table, rows }: Template, id: number): string {
  const stream = `contact-${id}`;
  const own: Row = {
    stream,
    subject: stream,
    contact_id: id,
    key: `\\x${randomBytes(32).toString('hex')}`,
    event_id: randomUUID(),
    slot: id % SLOTS,
    contacts: 1,
    ...(table === 'contacts' && { id }),
  };
  return JSON.stringify(
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, own[column] ?? value]))),
  );
}
