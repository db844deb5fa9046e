import type { Pool } from 'pg';
import { Gauge } from 'prom-client';

/** The pools of this process's relays, by their names. */
export const followed = new Map<string, Pool>();

new Gauge({
  name: 'kith_relay_unpublished_seconds',
  help: 'Age of the oldest stored event not yet published: grows while Kafka is away, and while a long transaction stalls the feed. Absent while the database is away.',
  labelNames: ['relay'] as const,
  async collect() {
    this.reset();
    for (const [relay, pool] of followed) {
      // A throw here would take all other metrics along, just when they are needed.
      const seconds = await unpublishedSeconds(pool, relay).catch(() => undefined);
      if (seconds !== undefined) this.set({ relay }, seconds);
    }
  },
});

async function unpublishedSeconds(pool: Pool, name: string): Promise<number> {
  const { rows } = await pool.query<{ seconds: number }>(
    `select extract(epoch from clock_timestamp() - e.recorded_at)::float8 as seconds
       from checkpoints r,
            lateral (select recorded_at from events
                      where (transaction, position) > (r.transaction, r.position)
                      order by transaction, position limit 1) e
      where r.name = $1`,
    [name],
  );
  return rows[0]?.seconds ?? 0;
}

/** How many events wait for a relay to publish them, counted up to a number: work that can wait makes no more of them. */
export async function countUnpublished(pool: Pool, relay: string, upTo: number): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::int as count
       from (select from events
              where (transaction, position) > (coalesce((select transaction from checkpoints where name = $1), '0'),
                                               coalesce((select position from checkpoints where name = $1), 0))
              limit $2) waiting`,
    [relay, upTo],
  );
  return rows[0]?.count ?? 0;
}
