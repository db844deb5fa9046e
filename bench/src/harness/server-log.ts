import { readFileSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/** The service's searches have their own connections, with a longer name. */
const SERVICE = 'contacts-service';
/** Statements of the service's background work: it publishes, empties deleted lists, and looks for erasures. */
const OF_A_REQUEST = /\b(contacts(?![-.])|list_members|contact_lists|contact_counts)\b/;
const OF_ITSELF = /\b(deleted_lists|erasures)\b/;
const ATTEMPTS = 12;
const LOGGED_MS = 200;

/** Logs statements with their parameters, which `npm start` keeps out of the log. */
export const WITH_PARAMETERS = {
  log_statement: 'all',
  log_error_verbosity: 'default',
  log_parameter_max_length: '-1',
};

/** Sets the server's logging of statements by `alter database`; nulls undo it. Only later sessions follow it. */
export async function setLogging(
  databaseUrl: string,
  settings: Readonly<Record<string, string | null>>,
): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>('select current_database() as name');
    const database = escapeIdentifier(rows[0]?.name ?? '');
    for (const [setting, value] of Object.entries(settings))
      await client.query(
        `alter database ${database} ${value === null ? `reset ${setting}` : `set ${setting} = ${escapeLiteral(value)}`}`,
      );
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and starts_with(application_name, '${SERVICE}') and state = 'idle'`,
    );
  } finally {
    await client.end();
  }
}

/** Returns the log's entries for the statements that a request led to. */
export async function loggedOf(logFile: string, request: () => Promise<unknown>): Promise<readonly string[]> {
  const before = statSync(logFile).size;
  await request();
  const entries = readFileSync(logFile)
    .subarray(before)
    .toString()
    .split(/^(?=\d{4}-\d\d-\d\d .* LOG: )/m);
  return entries.filter((entry) => OF_A_REQUEST.test(entry) && !OF_ITSELF.test(entry));
}

/** Repeats a request whose connection may have been one of those just ended. */
export async function patiently(request: () => Promise<unknown>): Promise<void> {
  for (let n = 0; n < ATTEMPTS; n++) {
    try {
      await request();
      return;
    } catch {
      await delay(LOGGED_MS);
    }
  }
}
