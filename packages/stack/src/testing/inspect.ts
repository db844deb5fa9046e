import { Client, escapeIdentifier } from 'pg';

/** Every row of every table of a database, as text, with the name of its table. */
export async function everyRow(url: string): Promise<{ table: string; row: string }[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ schema: string; name: string }>(
      `select schemaname as schema, tablename as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
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

/** One statement against a database. */
export async function query<Row extends object>(url: string, text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
