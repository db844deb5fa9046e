import type { Pool } from 'pg';
import { Gauge } from 'prom-client';

/** The pools of this process's parking lots, by their consumers. */
export const lots = new Map<string, Pool>();

new Gauge({
  name: 'kith_parked_messages',
  help: 'Messages that are parked now: those that could not be handled, and those behind them. Absent while the database is away.',
  labelNames: ['consumer'] as const,
  async collect() {
    this.reset();
    for (const [consumer, pool] of lots) {
      const parked = await parkedNow(pool, consumer).catch(() => undefined);
      if (parked !== undefined) this.set({ consumer }, parked);
    }
  },
});

async function parkedNow(pool: Pool, consumer: string): Promise<number> {
  const { rows } = await pool.query<{ parked: number }>(
    `select count(*)::int as parked from parked_messages where consumer = $1`,
    [consumer],
  );
  return rows[0]?.parked ?? 0;
}
