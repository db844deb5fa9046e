import { Client, escapeIdentifier } from 'pg';

const DUPLICATE_DATABASE = '42P04';
const UNIQUE_VIOLATION = '23505'; // Two at once: the catalogue's own index decides.

/** Creates a database on the server of `url` unless it is there; its url. */
export async function createDatabase(url: string, name: string): Promise<string> {
  try {
    await query(url, `create database ${escapeIdentifier(name)}`);
  } catch (error) {
    if (![DUPLICATE_DATABASE, UNIQUE_VIOLATION].includes(codeOf(error))) throw error;
  }
  return databaseOn(url, name);
}

/** The address of a database on the server of `url`. */
export function databaseOn(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${encodeURIComponent(name)}`;
  return address.href;
}

/** Drops a database, whoever is still connected to it. */
export const dropDatabase = (url: string, name: string): Promise<void> =>
  query(url, `drop database if exists ${escapeIdentifier(name)} with (force)`);

/** One statement on a connection of its own. */
export async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000, query_timeout: 30_000 });
  // A server that goes away while we disconnect is no concern of ours.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end();
  }
}

const codeOf = (error: unknown) => (Error.isError(error) && 'code' in error ? String(error.code) : '');
