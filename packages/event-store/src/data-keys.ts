import type { Pool } from 'pg';

import type { Keyring, WrappedKey } from './sealing.ts';

/** The number of data keys that one key-encryption key wraps. */
export type KeyCount = { readonly name: string; readonly count: number; readonly inRing: boolean };

export class MissingKeys extends Error {
  override readonly name = 'MissingKeys';
}

/** The key-encryption keys in use, each found by one step in the index. */
export const IN_USE = `
  with recursive used (kek) as (
    (select kek from data_keys order by kek limit 1)
    union all
    select (select d.kek from data_keys d where d.kek > used.kek order by d.kek limit 1) from used where used.kek is not null
  )
  select kek from used where kek is not null`;

/** Throws `MissingKeys`, with their ids, where data keys are wrapped by keys that are not in the ring. */
export async function refuseMissingKeys(pool: Pool, { names }: Keyring): Promise<void> {
  const missing = (await keysInUse(pool)).filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  throw new MissingKeys(
    `ENCRYPTION_KEY lacks ${missing.join(', ')}, by which data keys in the database are wrapped. It has ${names.join(', ')}. A key's id is the start of its SHA-256.`,
  );
}

/** Counts for each key of the ring, first to last, and then for each other key in use. */
export async function countDataKeys(pool: Pool, { names }: Keyring): Promise<KeyCount[]> {
  const { rows } = await pool.query<{ kek: string; count: number }>(
    `select kek, count(*)::int as count from data_keys group by kek order by kek`,
  );
  const counts = new Map(rows.map(({ kek, count }) => [kek, count]));
  const others = [...counts.keys()].filter((name) => !names.includes(name));
  return [...names, ...others].map((name) => ({
    name,
    count: counts.get(name) ?? 0,
    inRing: names.includes(name),
  }));
}

const BATCH = 1_000;
/** A service that goes on wrapping by another key would keep the command at work for ever. */
const PASSES = 3;

type RewrapOptions = {
  readonly onProgress: (progress: { readonly rewrapped: number }) => void;
  readonly batch?: number;
};

/**
 * Wraps every data key by the ring's first key; how many it did, and how many are left: none, unless a service still wraps by another.
 * Services may run meanwhile. Each batch is a commit of its own, so whoever begins anew goes on where the last one stopped.
 */
export async function rewrapDataKeys(
  pool: Pool,
  ring: Keyring,
  { onProgress, batch = BATCH }: RewrapOptions,
): Promise<{ rewrapped: number; left: number }> {
  await refuseMissingKeys(pool, ring);
  const [current] = ring.names;
  let rewrapped = 0;
  for (let pass = 0; pass < PASSES && (await isOtherInUse(pool, current)); pass++) {
    for (
      let page = await readPage(pool, '', batch);
      page.length > 0;
      page = await readPage(pool, lastOf(page), batch)
    ) {
      const due = page.filter(({ kek }) => kek !== current);
      if (due.length === 0) continue;
      rewrapped += await replace(pool, due, ring);
      onProgress({ rewrapped });
    }
  }
  const counts = await countDataKeys(pool, ring);
  return { rewrapped, left: counts.reduce((sum, { name, count }) => (name === current ? sum : sum + count), 0) };
}

type StoredKey = WrappedKey & { readonly subject: string };

/** Pages follow the primary key: rows that were rewritten leave dead entries under `kek`, through which every batch would wade. */
async function readPage(pool: Pool, after: string, limit: number): Promise<StoredKey[]> {
  const { rows } = await pool.query<StoredKey>(
    `select subject, kek, wrapped from data_keys where subject > $1 order by subject limit $2`,
    [after, limit],
  );
  return rows;
}

const lastOf = (page: readonly StoredKey[]): string => page.at(-1)?.subject ?? '';

/** Leaves keys alone that were erased or rewrapped since they were read. */
async function replace(pool: Pool, keys: readonly StoredKey[], ring: Keyring): Promise<number> {
  const rewrapped = keys.map((key) => ring.rewrap(key.subject, key));
  const { rowCount } = await pool.query(
    `update data_keys d set kek = n.kek, wrapped = n.wrapped
       from unnest($1::text[], $2::bytea[], $3::text[], $4::bytea[]) as n (subject, was, kek, wrapped)
      where d.subject = n.subject and d.wrapped = n.was`,
    [
      keys.map(({ subject }) => subject),
      keys.map(({ wrapped }) => wrapped),
      rewrapped.map(({ kek }) => kek),
      rewrapped.map(({ wrapped }) => wrapped),
    ],
  );
  return rowCount ?? 0;
}

async function keysInUse(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ kek: string }>(IN_USE);
  return rows.map(({ kek }) => kek);
}

const isOtherInUse = async (pool: Pool, current: string) => (await keysInUse(pool)).some((name) => name !== current);
