import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';

import { commandHandler } from './command-handler.ts';
import { diary, diaryDatabase, ring } from './diary.fixture.ts';
import { FEED, readOn } from './feed.ts';
import { type Lease, takeLease } from './lease.ts';
import type { StoredEvent } from './stored-event.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;

beforeAll(async () => {
  database = await diaryDatabase();
});
afterAll(async () => database[Symbol.asyncDispose]());

const write = (id: string, text: string) =>
  commandHandler(database.pool, diary, { keyring: ring }).handle(id, { type: 'Write', id, text });

/** A reader that starts at the end of what is there now. */
async function readerFromHere(name: string) {
  const client = await database.pool.connect();
  const lease = await takeLease(client, name);
  if (!lease) throw new Error('The lease is taken.');
  await database.owner.query(
    `update checkpoints set (transaction, position) =
       (select transaction, position from events order by transaction desc, position desc limit 1)
      where name = $1 and exists (select from events)`,
    [name],
  );
  return { lease, release: () => client.release(true), read: (count: number) => read(lease, count) };
}

/** The next so many events; transactions of other tests on this server may hide them for a while. */
async function read(lease: Lease, count: number): Promise<string[]> {
  const seen: string[] = [];
  await eventually(async () => {
    await readOn(database.pool, lease, { take: async (events) => note(seen, events), keyring: ring });
    expect(seen.length).toBeGreaterThanOrEqual(count);
  });
  return seen;
}

const note = (seen: string[], events: readonly StoredEvent[]) =>
  void seen.push(...events.map(({ stream, version }) => `${stream}@${version}`));

test('an event whose transaction commits late is not skipped, and comes before those that were committed meanwhile', async () => {
  const reader = await readerFromHere('late');
  const late = await database.pool.connect();
  await late.query('begin');
  await commandHandler(database.pool, diary, { keyring: ring }).handleAll(
    [{ id: 'slow', command: { type: 'Write', id: 'slow', text: 'drawn first' } }],
    late,
  );
  await write('quick', 'committed first');
  expect(await reader.read(0)).toEqual([]);

  await late.query('commit');
  late.release();
  expect(await reader.read(2)).toEqual(['diary-slow@1', 'diary-quick@1']);
  reader.release();
});

test('what was not taken is read again', async () => {
  const reader = await readerFromHere('again');
  await write('redelivered', 'one');
  const away = () => Promise.reject(new Error('Kafka is away'));
  await eventually(() =>
    expect(readOn(database.pool, reader.lease, { take: away, keyring: ring })).rejects.toThrow('away'),
  );
  expect(await reader.read(1)).toEqual(['diary-redelivered@1']);
  expect(await reader.read(0)).toEqual([]);
  reader.release();
});

test("one stream's events come in the order of their versions while many write", async () => {
  const reader = await readerFromHere('order');
  const streams = ['x', 'y', 'z'];
  await Promise.all(
    streams.map(async (id) => {
      for (let n = 0; n < 100; n++) await write(id, `${n}`);
    }),
  );
  const seen = await reader.read(300);
  for (const id of streams) {
    const own = seen.filter((event) => event.startsWith(`diary-${id}@`));
    expect(own).toEqual(Array.from({ length: 100 }, (_, n) => `diary-${id}@${n + 1}`));
  }
  reader.release();
});

describe('a lease', () => {
  test('is held by one session at a time', async () => {
    const reader = await readerFromHere('held');
    const other = await database.pool.connect();
    expect(await takeLease(other, 'held')).toBeUndefined();
    other.release();
    reader.release();
  });

  test('that was lost cannot move the checkpoint', async () => {
    const reader = await readerFromHere('lost');
    await write('fenced', 'one');
    // Another takes over while this one publishes.
    const take = () => database.owner.query(`update checkpoints set epoch = epoch + 1 where name = 'lost'`);
    await eventually(() =>
      expect(readOn(database.pool, reader.lease, { take, keyring: ring })).rejects.toMatchObject({ name: 'LeaseLost' }),
    );

    const epoch = String(Number(reader.lease.epoch) + 1);
    expect(await read({ name: 'lost', epoch }, 1)).toEqual(['diary-fenced@1']);
    reader.release();
  });
});

test('of 100,000 events the next are found by the index, without a sort', async () => {
  await database.owner.query(
    `insert into events (stream, version, event_id, type, schema_version, data, meta, recorded_at)
     select 'other-' || n, 1, gen_random_uuid(), 'Happened', 1, '{}', '{}', now() from generate_series(1, 100000) n`,
  );
  await database.owner.query(`insert into data_keys select 'other-' || n, 'kek', '' from generate_series(1, 100000) n`);
  await database.owner.query('analyze');
  const plan = await planOf(database);
  expect(plan).toContain('events_feed');
  expect(plan).not.toMatch(/Sort|Seq Scan on (events|data_keys)/);
});

test('of an empty store, too: what was prepared then is used while it grows', async () => {
  await using empty = await diaryDatabase();
  const plan = await planOf(empty);
  expect(plan).toContain('events_feed');
  expect(plan).not.toContain('Seq Scan');
});

async function planOf({ pool, owner }: typeof database): Promise<string> {
  await owner.query(`insert into checkpoints (name) values ('plan')`);
  const { rows } = await pool.query<{ 'QUERY PLAN': string }>(
    `explain ${FEED.replaceAll('$1', `'plan'`).replace('$2', '500')}`,
  );
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}
