import pg, { type Pool } from 'pg';

/** Nothing a service asks of its database may take longer; a request has 15 s in all. */
const STATEMENT_TIMEOUT_MS = 10_000;

/** A pool whose sessions may do what the migrations grant `kith_app`, and no more. Eight connections saturate two cores. */
export function openPool(
  databaseUrl: string,
  { max = 8, applicationName }: { max?: number; applicationName?: string } = {},
): Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    ...(applicationName && { application_name: applicationName }),
    // An abandoned transaction would hide everybody's later events from the feed.
    options: `-c role=kith_app -c statement_timeout=${STATEMENT_TIMEOUT_MS} -c idle_in_transaction_session_timeout=${STATEMENT_TIMEOUT_MS}`,
  });
  // A server that restarts ends idle connections; the pool has already let them go, and the next query opens another.
  pool.on('error', () => {});
  return pool;
}
