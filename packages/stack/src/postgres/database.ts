import { Client, escapeIdentifier } from 'pg';

const DUPLICATE_DATABASE = '42P04';
const UNIQUE_VIOLATION = '23505'; // Two callers create it at once: the catalogue's index lets one through.

/** Creates a database on the server of `url` unless it exists; returns its url. */
export async function createDatabase(url: string, name: string): Promise<string> {
  try {
    await execute(url, `create database ${escapeIdentifier(name)}`);
  } catch (error) {
    if (![DUPLICATE_DATABASE, UNIQUE_VIOLATION].includes(codeOf(error))) throw error;
  }
  return databaseOn(url, name);
}

/** The url of a database on the server of `url`. */
export function databaseOn(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${encodeURIComponent(name)}`;
  return address.href;
}

/** Drops a database and ends all connections to it. */
export const dropDatabase = (url: string, name: string): Promise<void> =>
  execute(url, `drop database if exists ${escapeIdentifier(name)} with (force)`);

/** Runs one statement on a connection of its own. */
export async function execute(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 30_000 });
  // The server may go away while we disconnect, which does not matter here.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end();
  }
}

const codeOf = (error: unknown) => (Error.isError(error) && 'code' in error ? String(error.code) : '');
