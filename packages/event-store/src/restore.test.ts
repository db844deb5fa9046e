import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';

import { commandHandler } from './command-handler.ts';
import { diary, diaryDatabase, ring } from './diary.fixture.ts';
import { openPool } from './postgres/pool.ts';
import { startRelay } from './relay.ts';
import { openRestored } from './restore.ts';
import type { StoredEvent } from './stored-event.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;
beforeEach(async () => {
  database = await diaryDatabase();
});
afterEach(async () => database[Symbol.asyncDispose]());

const write = (id: string, text: string) =>
  commandHandler(database.pool, diary, { keyring: ring }).handle(id, { type: 'Write', id, text });

/** A relay that notes what it publishes. */
async function follow() {
  const published: string[] = [];
  const messagesOf = ({ stream, version }: StoredEvent) => [`${stream}@${version}`];
  const send = async (messages: readonly string[]) => void published.push(...messages);
  const relay = await startRelay<string>(database.pool, {
    name: 'kafka',
    keyring: ring,
    onError: () => {},
    onUnpublishable: () => {},
    publication: { messagesOf, shellOf: messagesOf, send },
  });
  return { published, [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose]() };
}

async function publishAll(count: number) {
  await using relay = await follow();
  await eventually(() => expect(relay.published).toHaveLength(count));
  await eventually(async () => {
    const { rows } = await database.owner.query(
      `select 1 from checkpoints where position = (select max(position) from events)`,
    );
    expect(rows).toHaveLength(1);
  });
}

/** Acts as a dump of a server that has seen a billion more transactions than this one. */
async function restoreFromElsewhere() {
  const later = (table: string) =>
    database.owner.query(`update ${table} set transaction = (transaction::text::bigint + 1000000000)::text::xid8`);
  await later('events');
  await later('checkpoints');
}

async function repair() {
  await using restored = await openRestored(database.url);
  return await restored.repairFeed();
}

const feed = async () =>
  (await database.owner.query(`select stream, version, transaction, position from events order by position`)).rows;

describe('a database that was restored from a dump', () => {
  test('is refused at the start, by the name of the command that repairs it', async () => {
    await write('a', 'one');
    await restoreFromElsewhere();
    await expect(follow()).rejects.toThrow('npm run kith -- repair-feed');
  });

  test('is repaired: what was due is published, in order, and then what is written', async () => {
    await write('a', 'one');
    await write('b', 'one');
    await publishAll(2);
    await write('a', 'two');
    await write('b', 'two');
    await write('a', 'three');
    await restoreFromElsewhere();

    expect(await repair()).toBe(5);
    await write('a', 'four');
    await using relay = await follow();
    await eventually(() => expect(relay.published).toEqual(['diary-a@2', 'diary-b@2', 'diary-a@3', 'diary-a@4']));
  });

  test('is repaired where the due event has a lower position than a published one: it is published', async () => {
    await write('due', 'one');
    await write('published', 'one');
    // Its transaction began first and its statement ran last.
    await database.owner.query(
      `update events set transaction = (due.transaction::text::bigint - 1)::text::xid8
         from (select transaction from events where stream = 'diary-due') due
        where stream = 'diary-published'`,
    );
    await database.owner.query(
      `insert into checkpoints (name, transaction, position)
       select 'kafka', transaction, position from events where stream = 'diary-published'`,
    );
    await restoreFromElsewhere();
    await repair();
    await using relay = await follow();
    await eventually(() => expect(relay.published).toContain('diary-due@1'));
  });

  test('whose sequence of positions is behind gives none twice', async () => {
    await write('a', 'one');
    await write('a', 'two');
    await database.owner.query(`select setval('events_position_seq', 1, false)`);
    await repair();
    await write('a', 'three');
    expect((await feed()).map(({ version }: { version: number }) => version)).toEqual([1, 2, 3]);
  });

  test('is repaired by the first run alone: a second changes nothing', async () => {
    await write('a', 'one');
    await publishAll(1);
    await write('a', 'two');
    await restoreFromElsewhere();
    await repair();
    const before = [await feed(), (await database.owner.query('select transaction, position from checkpoints')).rows];
    expect(await repair()).toBe(0);
    expect([await feed(), (await database.owner.query('select transaction, position from checkpoints')).rows]).toEqual(
      before,
    );
  });
});

describe('a repair', () => {
  test('is refused while a service is at the database, and says which', async () => {
    const pool = openPool(database.url, { applicationName: 'contacts-service' });
    await pool.query('select 1');
    await expect(repair()).rejects.toThrow('contacts-service');
    await pool.end();
    await eventually(repair);
  });

  test('is refused while a relay leads', async () => {
    await write('a', 'one');
    await using relay = await follow();
    await eventually(() => expect(relay.published).toHaveLength(1));
    await expect(repair()).rejects.toThrow('publishes');
  });

  test('that is under way keeps services from starting, and other repairs', async () => {
    const restored = await openRestored(database.url);
    await expect(follow()).rejects.toThrow('under repair');
    await expect(repair()).rejects.toThrow('under repair');
    await restored[Symbol.asyncDispose]();
    await using _relay = await eventually(follow);
  });
});
