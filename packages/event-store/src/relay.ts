import type { Pool, PoolClient } from 'pg';
import { Gauge } from 'prom-client';

import { type Lease, LeaseLost, readOn } from './feed.ts';
import type { Keyring } from './sealing.ts';
import type { StoredEvent } from './stored-event.ts';

const POLL_MS = 20;
const STAND_BY_MS = 1_000;
const RETRY_MS = 500;

export type Relay = AsyncDisposable & {
  /** There is something new: read on now rather than at the next poll. */
  readonly wake: () => void;
};

type Options = {
  /** Whose checkpoint it is; of several processes with this name, one reads. */
  readonly name: string;
  /** At least once, and in order: after a failure or a crash the same events come again. */
  readonly publish: (events: readonly StoredEvent[]) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
  readonly keyring?: Keyring;
};

/** Follows the feed for as long as it leads, and stands by while another process does. Throws where the events were restored without their clock. */
export async function startRelay(pool: Pool, { name, publish, onError, keyring }: Options): Promise<Relay> {
  await refuseFutureEvents(pool);
  const stopping = new AbortController();
  const alarm = alarmClock();
  followed.set(name, pool);

  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const client = await pool.connect();
        try {
          const lease = await takeLease(client, name);
          if (lease) await lead(client, lease);
          else await alarm.wait(STAND_BY_MS);
        } finally {
          // Closing the session gives the lock up, whatever state it is in.
          client.release(true);
        }
      } catch (error) {
        if (stopping.signal.aborted) return;
        onError(error);
        await alarm.wait(RETRY_MS);
      }
    }
  })();

  async function lead(client: PoolClient, lease: Lease) {
    let lost: Error | undefined;
    client.on('error', (error) => (lost = error));
    client.on('end', () => (lost ??= new LeaseLost(`The session that holds the lease of ${name} has ended.`)));
    while (!stopping.signal.aborted) {
      if (lost) throw lost;
      const published = await readOn(pool, lease, { take: publish, keyring });
      if (published === 0) await alarm.wait(POLL_MS);
    }
  }

  return {
    wake: alarm.ring,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      alarm.ring();
      followed.delete(name);
      await running;
    },
  };
}

/**
 * One session at a time holds the advisory lock; the epoch fences off the one before, which may still believe it leads.
 * `undefined` while another session holds it.
 */
export async function takeLease(client: PoolClient, name: string): Promise<Lease | undefined> {
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('reader ' || $1, 0)) as locked`,
    [name],
  );
  if (!rows[0]?.locked) return undefined;
  const taken = await client.query<{ epoch: string }>(
    `insert into readers (name, epoch) values ($1, 1) on conflict (name) do update set epoch = readers.epoch + 1 returning epoch`,
    [name],
  );
  return taken.rows[0] && { name, epoch: taken.rows[0].epoch };
}

/** Transaction ids start anew on a restored server; stored ones from "the future" would never be read (docs/operations.md, "After a restore"). */
async function refuseFutureEvents(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ future: boolean }>(
    `select transaction >= pg_snapshot_xmax(pg_current_snapshot()) as future from events order by transaction desc, position desc limit 1`,
  );
  if (rows[0]?.future) {
    throw new Error(
      'The newest events carry transaction ids that this server has not reached: they were restored from a dump. See docs/operations.md, "After a restore".',
    );
  }
}

const followed = new Map<string, Pool>();

new Gauge({
  name: 'kith_relay_unpublished_seconds',
  help: 'Age of the oldest stored event not yet published: grows while Kafka is away, and while a long transaction stalls the feed.',
  labelNames: ['relay'] as const,
  async collect() {
    for (const [name, pool] of followed) this.set({ relay: name }, await unpublishedSeconds(pool, name));
  },
});

async function unpublishedSeconds(pool: Pool, name: string): Promise<number> {
  const { rows } = await pool.query<{ seconds: number }>(
    `select extract(epoch from clock_timestamp() - e.recorded_at)::float8 as seconds
       from readers r,
            lateral (select recorded_at from events
                      where (transaction, position) > (r.transaction, r.position)
                      order by transaction, position limit 1) e
      where r.name = $1`,
    [name],
  );
  return rows[0]?.seconds ?? 0;
}

/** Waits that can be cut short. */
function alarmClock() {
  let rung = false;
  let wakeUp: (() => void) | undefined;
  return {
    ring() {
      rung = true;
      wakeUp?.();
    },
    async wait(ms: number) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wakeUp = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
    },
  };
}
