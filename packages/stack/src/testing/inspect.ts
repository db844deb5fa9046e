import { Client, escapeIdentifier } from 'pg';

/** Tables with the server's own code and grammar: ten megabytes, the same in every database. */
const CODE = ['pg_proc', 'pg_rewrite', 'pg_operator', 'pg_amop', 'pg_amproc', 'pg_collation', 'pg_depend'];

/**
 * Reads every row of every table of a database as text, with the name of its table. Includes the server's own tables, such
 * as the planner's statistics, and the last statement of each session. Needs a superuser.
 */
export async function everyRow(url: string): Promise<{ table: string; row: string }[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ schema: string; name: string }>(
      `select schemaname as schema, tablename as name from pg_tables
        where schemaname <> 'information_schema' and tablename <> all($1)
        union all select 'pg_catalog', 'pg_stat_activity'`,
      [CODE],
    );
    const rows = [];
    for (const { schema, name } of tables.rows) {
      const table = `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;
      const found = await client.query<{ row: string }>(`select t::text as row from ${table} t`);
      rows.push(...found.rows.map(({ row }) => ({ table: name, row })));
    }
    return rows;
  } finally {
    await client.end();
  }
}

/** Runs one statement against a database. */
export async function query<Row extends object>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
