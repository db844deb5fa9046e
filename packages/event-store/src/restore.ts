import { Client, escapeIdentifier, type Pool } from 'pg';

import { takeLease } from './lease.ts';
import { connection } from './postgres/pool.ts';

/** A restored database, as its owner, with no service at it. */
export type RestoredDatabase = AsyncDisposable & {
  /**
   * Makes the feed readable: a dump keeps its server's transaction ids, which this server has yet to reach. What was due to be published
   * still is; the number of events that were moved.
   */
  readonly repairFeed: () => Promise<number>;
  /** Has a sequence give nothing up to this number. */
  readonly raise: (sequence: string, past: number) => Promise<void>;
  /** The highest number among a category's streams; 0 where there is none. */
  readonly lastStream: (category: string) => Promise<number>;
};

/** Taken by a repair, and looked at by a service before it begins. */
const LOCK = `hashtextextended('repair', 0)`;

/** Throws while services or another repair are at the database. Until it is disposed of none can begin. */
export async function openRestored(databaseUrl: string): Promise<RestoredDatabase> {
  const client = new Client({ ...connection(databaseUrl), application_name: 'kith repair-feed' });
  client.on('error', () => {});
  await using opening = new AsyncDisposableStack();
  opening.defer(() => client.end());
  await client.connect();
  const { rows } = await client.query<{ locked: boolean }>(`select pg_try_advisory_lock(${LOCK}) as locked`);
  if (!rows[0]?.locked) throw new Error('The database is under repair already, or a service is starting on it.');
  await refuseServices(client);
  await refuseLeader(client);

  const opened = opening.move();
  return {
    repairFeed: () => repairFeed(client),
    raise: (sequence, past) => raise(client, sequence, past),
    lastStream: (category) => lastStream(client, category),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

/** Throws where a service must not begin: the database is under repair, or its newest events would never be read. */
export async function refuseUnrepaired(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ free: boolean; future: boolean | null }>(
    // The lock ends with this statement.
    `select pg_try_advisory_xact_lock_shared(${LOCK}) as free,
            (select transaction >= pg_snapshot_xmax(pg_current_snapshot())
               from events order by transaction desc, position desc limit 1) as future`,
  );
  const [state] = rows;
  if (!state?.free)
    throw new Error('The database is under repair. Start again when `npm run kith -- repair-feed` has ended.');
  if (state.future) {
    throw new Error(
      'The database was restored from a dump: its newest events carry transaction ids that this server has yet to reach. ' +
        'Stop all services and run `npm run kith -- repair-feed` (docs/operations.md, "After a restore").',
    );
  }
}

async function repairFeed(client: Client): Promise<number> {
  await client.query('begin');
  await client.query('lock table events, checkpoints in exclusive mode');
  const { rows } = await client.query<{ next: string }>(`select pg_snapshot_xmax(pg_current_snapshot())::text as next`);
  const from = [rows[0]?.next];
  // Checkpoints come first, while events tell by their transactions what is due. Then all of them become one transaction, in which their
  // positions keep each stream's order. What was published behind the first that is due is published again; consumers reject copies.
  await client.query(
    `update checkpoints r
        set transaction = pg_current_xact_id(), epoch = epoch + 1,
            position = coalesce(
              (select min(e.position) - 1 from events e where (e.transaction, e.position) > (r.transaction, r.position)),
              (select max(position) from events), 0)
      where transaction >= $1::xid8`,
    from,
  );
  const { rowCount } = await client.query(
    `update events set transaction = pg_current_xact_id() where transaction >= $1::xid8`,
    from,
  );
  const positions = await client.query<{ last: string | null }>(`select max(position) as last from events`);
  await raise(client, 'events_position_seq', Number(positions.rows[0]?.last ?? 0));
  await client.query('commit');
  return rowCount ?? 0;
}

async function raise(client: Client, sequence: string, past: number): Promise<void> {
  if (past < 1) return;
  await client.query(
    `select setval($1::regclass, $2::bigint) from ${escapeIdentifier(sequence)} where last_value < $2 or not is_called`,
    [sequence, past],
  );
}

async function lastStream(client: Client, category: string): Promise<number> {
  const { rows } = await client.query<{ last: string }>(
    `select coalesce(max(split_part(stream, '-', 2)::bigint), 0) as last from events
      where version = 1 and starts_with(stream, $1 || '-')`,
    [category],
  );
  return Number(rows[0]?.last);
}

/** Services are recognised by the names of their sessions. */
async function refuseServices(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct application_name as name from pg_stat_activity
      where datname = current_database() and application_name ~ '-service' order by 1`,
  );
  if (rows.length === 0) return;
  throw new Error(
    `Still at the database: ${rows.map(({ name }) => name).join(', ')}. Stop the services before its repair: npm start by Ctrl-C, on Kubernetes by \`kubectl scale --replicas=0\`.`,
  );
}

/** A service that publishes holds a lease, whatever its sessions are called. */
async function refuseLeader(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`select name from checkpoints`);
  for (const { name } of rows) {
    if (!(await takeLease(client, name)))
      throw new Error(`A service publishes from the database (${name}). Stop it before the repair.`);
  }
}
