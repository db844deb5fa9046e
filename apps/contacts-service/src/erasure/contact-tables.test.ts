import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { migrate } from '@kith/event-store';
import { query, testDatabase } from '@kith/stack/testing';

/** Tables with a `contact_id` that do not go with the contact's row by themselves, and the reason. */
const EXCEPTIONS = {
  erasure_confirmations: 'they belong to the ledger',
  erasures: 'the ledger outlives the contact, and holds numbers only',
  unanswered: 'it holds numbers only, and an erasure waits in it when its contact is gone',
  list_members: "only the contact's own statements write it, and the primary key of its events decides their races",
};

test('every table about a contact loses its rows with the contact, or says why not', async () => {
  await using database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../../migrations'));
  const kept = await query(
    database.url,
    `select c.table_name as "table"
       from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
      where table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name = 'contact_id'
        and not exists (
          select from information_schema.key_column_usage k
            join information_schema.referential_constraints r using (constraint_schema, constraint_name)
            join information_schema.table_constraints u
              on u.constraint_schema = r.unique_constraint_schema and u.constraint_name = r.unique_constraint_name
           where k.table_schema = c.table_schema and k.table_name = c.table_name and k.column_name = 'contact_id'
             and u.table_name = 'contacts' and r.delete_rule = 'CASCADE')
      order by 1`,
  );
  expect(kept).toEqual(
    Object.keys(EXCEPTIONS)
      .sort()
      .map((table) => ({ table })),
  );
});
