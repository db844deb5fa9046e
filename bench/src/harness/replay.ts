import { Client, type QueryConfig } from 'pg';

import { loggedOf, patiently, setLogging, WITH_PARAMETERS } from './server-log.ts';

type Request = () => Promise<unknown>;

/** Runs a request's statements again in turn, on one connection, and reads all their rows. */
export type Replay = AsyncDisposable & { readonly run: (key: string) => Promise<void> };

/**
 * The floor of a read: node-postgres runs the same statements with their names and parameters. They are read from the server's log, so
 * they follow the service's code.
 */
export async function replayOf(
  databaseUrl: string,
  logFile: string,
  requests: ReadonlyMap<string, Request>,
): Promise<Replay> {
  const statements = new Map<string, readonly QueryConfig[]>();
  await setLogging(databaseUrl, WITH_PARAMETERS);
  for (const [key, request] of requests) {
    await patiently(request);
    const logged = await loggedOf(logFile, request);
    statements.set(key, logged.map(statementOf));
  }
  await setLogging(databaseUrl, Object.fromEntries(Object.keys(WITH_PARAMETERS).map((name) => [name, null])));
  await patiently([...requests.values()][0] ?? (async () => {}));

  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  return {
    async run(key) {
      for (const statement of statements.get(key) ?? []) await client.query(statement);
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

const ENTRY = /LOG: {2}execute (?<name>\S+): (?<text>[^]*?)\n[^\n]*DETAIL: {2}Parameters: (?<parameters>[^]*)$/;

/** `LOG:  execute list-total: select …` and `DETAIL:  Parameters: $1 = '2', $2 = NULL`. */
function statementOf(entry: string): QueryConfig {
  const { name = '', text = '', parameters = '' } = ENTRY.exec(entry)?.groups ?? {};
  if (text === '') throw new Error(`This is no statement that can be run again: ${entry}`);
  const values = [...parameters.matchAll(/\$\d+ = (?:NULL|'((?:[^']|'')*)')/g)].map(
    ([, value]) => value?.replaceAll("''", "'") ?? null,
  );
  return { text, values, ...(name !== '<unnamed>' && { name }) };
}
