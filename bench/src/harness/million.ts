import { Client, escapeIdentifier, escapeLiteral } from 'pg';

import { NAMES } from './people.ts';

type Load = {
  readonly databaseUrl: string;
  readonly workspaceId: string;
  readonly listId: number;
  readonly contacts: number;
  readonly say: (line: string) => void;
};

const SLOTS = 16;

/**
 * Writes this many contacts of a list straight into the tables that queries read, without events, which no query reads. A million
 * through the API would take half an hour. Indexes are dropped for the time and made again as they were.
 */
export async function loadContacts({ databaseUrl, workspaceId, listId, contacts, say }: Load): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const start = performance.now();
    const told = (what: string) => say(`  ${what} after ${((performance.now() - start) / 1000).toFixed(0)} s`);
    const indexes = await secondaryIndexes(client);
    for (const { name } of indexes) await client.query(`drop index ${escapeIdentifier(name)}`);

    const numbers = `(select last_value from contact_ids)`;
    await client.query(`create temp table people as ${people(contacts, numbers)}`);
    await client.query(
      `insert into contacts (id, workspace_id, version, name, email, email_status, email_version, phone, phone_e164, phone_status,
                             phone_version, company, lists, created_at, updated_at)
       select id, $1, 1, name, email, 'valid', 1, phone, phone, 'valid', 1, company, array[$2::bigint], created_at, created_at
         from people`,
      [workspaceId, listId],
    );
    told(`${contacts} contacts`);
    await client.query(
      `insert into list_members (list_id, contact_id, name, email, phone, created_at)
       select $1, id, name, email, phone, created_at from people`,
      [listId],
    );
    await client.query(
      `insert into contact_counts (scope, slot, contacts)
       select scope, id % ${SLOTS}, count(*) from people, unnest($1::text[]) as scope group by scope, id % ${SLOTS}
       on conflict (scope, slot) do update set contacts = contact_counts.contacts + excluded.contacts`,
      [[workspaceId, `list-${listId}`]],
    );
    await client.query(`select setval('contact_ids', (select max(id) from people))`);
    told('their memberships and counts');
    await client.query(`set maintenance_work_mem = '512MB'`);
    for (const { name, definition, unplanned } of indexes) {
      await client.query(definition);
      for (const column of unplanned)
        await client.query(`alter index ${escapeIdentifier(name)} alter ${column} set statistics 0`);
    }
    told(`${indexes.length} indexes`);
    await client.query('vacuum analyze contacts, list_members, contact_counts');
    told('vacuum');
  } finally {
    await client.end();
  }
}

/** Names repeat as in a short list, addresses are unique. Contacts are one second apart, with times in milliseconds as in Kith. */
const people = (contacts: number, after: string) => `
  select ${after} + n as id,
         (${array(NAMES.first)})[1 + (n * 7919) % ${NAMES.first.length}] || ' ' ||
         (${array(NAMES.last)})[1 + (n / ${NAMES.first.length}) % ${NAMES.last.length}] as name,
         'contact.' || md5(n::text) || '@' || (array['example.com', 'example.org', 'kith.test'])[1 + n / 7 % 3] as email,
         '+1415' || lpad((n % 10000000)::text, 7, '0') as phone,
         'Company ' || n % 50000 as company,
         date_trunc('milliseconds', now()) - n * interval '1 second' as created_at
    from generate_series(1, ${contacts}::bigint) as n`;

const array = (words: readonly string[]) => `array[${words.map(escapeLiteral).join(', ')}]`;

async function secondaryIndexes(client: Client) {
  const { rows } = await client.query<{ name: string; definition: string; unplanned: readonly number[] }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition,
            array(select attnum::int from pg_attribute where attrelid = indexrelid and attstattarget = 0) as unplanned
       from pg_index where indrelid in ('contacts'::regclass, 'list_members'::regclass) and not indisprimary and not indisunique`,
  );
  return rows;
}
