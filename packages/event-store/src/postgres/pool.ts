import pg, { type Pool, type QueryConfig } from 'pg';

/** The server ends the session of a node that has gone without a word within 25 s; by its own defaults after two hours. */
const KEEPALIVES = {
  tcp_keepalives_idle: 10,
  tcp_keepalives_interval: 5,
  tcp_keepalives_count: 3,
  tcp_user_timeout: 25_000,
};

type Settings = Readonly<Record<string, string | number>>;

/** A connection of which both ends notice when the other has gone. */
export const connection = (databaseUrl: string, settings: Settings = {}) => ({
  connectionString: databaseUrl,
  connectionTimeoutMillis: 5_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  options: Object.entries({ ...KEEPALIVES, ...settings })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' '),
});

type PoolOptions = {
  readonly max?: number;
  readonly applicationName?: string;
  /** For statements that have no index to themselves, such as a search for two letters. */
  readonly mayScan?: boolean;
  /** Nothing a service asks of its database may take longer; a request has 15 s in all. */
  readonly statementMs?: number;
};

/** A pool whose sessions may do what the migrations grant `kith_app`, and no more. Eight connections saturate two cores. */
export function openPool(
  databaseUrl: string,
  { max = 8, applicationName, mayScan = false, statementMs = 10_000 }: PoolOptions = {},
): Pool {
  const settings = {
    role: 'kith_app',
    statement_timeout: statementMs,
    // An abandoned transaction would hide everybody's later events from the feed.
    idle_in_transaction_session_timeout: statementMs,
    // One prepared while its table was empty would scan it all, however it has grown, until the next analyze.
    enable_seqscan: mayScan ? 'on' : 'off',
  };
  const pool = new pg.Pool({
    ...connection(databaseUrl, settings),
    max,
    // The server would have refused by then: the network has swallowed the question or the answer.
    query_timeout: statementMs * 1.2,
    ...(applicationName && { application_name: applicationName }),
  });
  // A server that restarts ends idle connections; the pool has already let them go, and the next query opens another.
  pool.on('error', () => {});
  // A connection that breaks in use fails its query. An event that nobody listens to would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/**
 * One statement, on a connection that survives the server's refusal: `pool.query` throws its connection away with any error, and a lost race
 * is an everyday one. Against a new connection and its SCRAM handshake for each, as verdicts on one contact's two fields met (docs/decisions.md).
 */
export async function ask(pool: Pool, statement: QueryConfig): Promise<void> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query(statement);
    broken = false;
  } catch (error) {
    broken = !isRefusal(error);
    throw error;
  } finally {
    client.release(broken);
  }
}

/** The server answered, and goes on answering on this connection. */
const isRefusal = (error: unknown) => Error.isError(error) && 'severity' in error && error.severity === 'ERROR';
