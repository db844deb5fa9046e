import { readFileSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

/** The server plans a prepared statement anew five times before it may keep a plan. */
const REPEATS = 12;
const LOGGED_MS = 200;
/** What the service does by itself goes on meanwhile. */
const OF_A_REQUEST = /\b(contacts|list_members|contact_lists|contact_counts)\b/;

export type Explain = (request: () => Promise<unknown>) => Promise<string>;

/**
 * From now on the server logs the plans that it runs statements by, with times (`auto_explain`); what is measured after this is slower.
 * Then: the statements that a request leads to, as the service asks them and the server plans them.
 */
export async function startExplaining(databaseUrl: string, logFile: string): Promise<Explain> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('select quote_ident(current_database()) as name');
    const settings = {
      session_preload_libraries: 'auto_explain',
      'auto_explain.log_min_duration': '0',
      'auto_explain.log_analyze': 'on',
    };
    for (const [setting, value] of Object.entries(settings))
      await client.query(`alter database ${rows[0]?.name} set ${setting} = ${value}`);
    // Only sessions that begin after this know of it.
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'contacts-service' and state = 'idle'`,
    );
  } finally {
    await client.end();
  }
  return async (request) => {
    for (let n = 0; n < REPEATS; n++) await patiently(request);
    await delay(LOGGED_MS);
    const before = statSync(logFile).size;
    await request();
    await delay(LOGGED_MS);
    const entries = readFileSync(logFile)
      .subarray(before)
      .toString()
      .split(/^(?=\d{4}-\d\d-\d\d )/m);
    return entries.filter((entry) => OF_A_REQUEST.test(entry)).join('');
  };
}

/** The connection it takes may have been one of those that were ended. */
async function patiently(request: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < REPEATS; n++) {
    try {
      await request();
      return;
    } catch {
      await delay(LOGGED_MS);
    }
  }
}
