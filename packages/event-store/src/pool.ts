import pg, { type Pool, type QueryConfig } from 'pg';

/** Nothing a service asks of its database may take longer; a request has 15 s in all. */
const STATEMENT_TIMEOUT_MS = 10_000;

const SETTINGS = {
  role: 'kith_app',
  statement_timeout: STATEMENT_TIMEOUT_MS,
  // An abandoned transaction would hide everybody's later events from the feed.
  idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
};

type PoolOptions = {
  readonly max?: number;
  readonly applicationName?: string;
  /** For statements that have no index to themselves, such as a search for two letters. */
  readonly mayScan?: boolean;
};

/** A pool whose sessions may do what the migrations grant `kith_app`, and no more. Eight connections saturate two cores. */
export function openPool(databaseUrl: string, { max = 8, applicationName, mayScan = false }: PoolOptions = {}): Pool {
  // One prepared while its table was empty would scan it all, however it has grown, until the next analyze.
  const settings = { ...SETTINGS, enable_seqscan: mayScan ? 'on' : 'off' };
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    ...(applicationName && { application_name: applicationName }),
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  });
  // A server that restarts ends idle connections; the pool has already let them go, and the next query opens another.
  pool.on('error', () => {});
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
