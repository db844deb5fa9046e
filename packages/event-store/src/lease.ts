import type { ClientBase, PoolClient } from 'pg';

import { repeat } from './repeat.ts';

/** A reader's right to go on: the epoch it took over with. */
export type Lease = { readonly name: string; readonly epoch: string };

export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** A leader that gives no sign of life for so long is replaced: a node without power or network, a frozen process. */
export const LEASE_MS = 30_000;
/** A leader gives so many signs of life within that time. */
const SIGNS = 6;

/** A lock that the session which took an epoch holds for as long as it lives: whoever gets it knows that the leader is gone. */
const lockOf = (epoch: string) =>
  `pg_try_advisory_lock(hashtextextended(format('reader %s %s', $1::text, ${epoch}), 0))`;

/**
 * The lease of a reader whose leader has ended its session or has not renewed its lease in time; else `undefined`. The new epoch fences off
 * the leader before, which may still believe it leads. A session that did not get the lease may hold locks: close it.
 */
export async function takeLease(client: ClientBase, name: string, leaseMs = LEASE_MS): Promise<Lease | undefined> {
  await client.query(`insert into checkpoints (name) values ($1) on conflict do nothing`, [name]);
  const { rows } = await client.query<{ epoch: string; next: string; vacant: boolean }>(
    `select epoch, epoch + 1 as next,
            renewed_at < clock_timestamp() - $2 * interval '1 millisecond' or ${lockOf('epoch')} as vacant
       from checkpoints where name = $1`,
    [name, leaseMs],
  );
  const [reader] = rows;
  if (!reader?.vacant) return undefined;
  // The lock comes first: nobody may see an epoch without it.
  const { rows: locks } = await client.query<{ locked: boolean }>(`select ${lockOf('$2::bigint')} as locked`, [
    name,
    reader.next,
  ]);
  if (!locks[0]?.locked) return undefined;
  const { rowCount } = await client.query(
    `update checkpoints set epoch = $3, renewed_at = clock_timestamp() where name = $1 and epoch = $2`,
    [name, reader.epoch, reader.next],
  );
  return rowCount === 1 ? { name, epoch: reader.next } : undefined;
}

/** Renews a lease on the session that took it, until it is disposed of. `lost` says why the lease is gone, once it is. */
export function holdLease(client: PoolClient, { name, epoch }: Lease, leaseMs = LEASE_MS) {
  let lost: unknown;
  const lose = (error: unknown) => (lost ??= error);
  client.on('error', lose);
  client.on('end', () => lose(new LeaseLost(`The session that holds the lease of ${name} has ended.`)));

  const renewal = repeat(
    async () => {
      const { rowCount } = await client.query(
        `update checkpoints set renewed_at = clock_timestamp()
          where name = $1 and epoch = $2 and set_config('synchronous_commit', 'off', true) = 'off'`,
        [name, epoch],
      );
      if (rowCount === 0) throw new LeaseLost(`Another process leads ${name} now.`);
      return false;
    },
    { everyMs: leaseMs / SIGNS, onError: lose },
  );
  return {
    get lost() {
      return lost;
    },
    // A renewal under way is not waited for: it ends with the session.
    [Symbol.dispose]: () => void renewal[Symbol.asyncDispose](),
  };
}
