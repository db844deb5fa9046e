import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@kith/stack/testing';

import { commandHandler } from './command-handler.ts';
import { diary, diaryDatabase, ring } from './diary.fixture.ts';
import { startRelay } from './relay.ts';
import type { StoredEvent } from './stored-event.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;

beforeAll(async () => {
  database = await diaryDatabase();
});
afterAll(async () => database[Symbol.asyncDispose]());

const write = (id: string, text: string) =>
  commandHandler(database.pool, diary, { keyring: ring }).handle(id, { type: 'Write', id, text });

/** A relay that notes what it publishes. */
async function noting(name: string, publish: (events: readonly StoredEvent[]) => Promise<unknown> = async () => {}) {
  const published: string[] = [];
  const errors: unknown[] = [];
  const relay = await startRelay(database.pool, {
    name,
    keyring: ring,
    onError: (error) => errors.push(error),
    async publish(events) {
      await publish(events);
      published.push(...events.map(({ stream, version }) => `${stream}@${version}`));
    },
  });
  return { published, errors, [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose]() };
}

test('what is stored is published, in order', async () => {
  await using relay = await noting('plain');
  await write('a', 'one');
  await write('a', 'two');
  await eventually(() => expect(relay.published).toEqual(['diary-a@1', 'diary-a@2']));
});

test('a failure to publish is reported, and the events come again', async () => {
  let away = true;
  await using relay = await noting('failing', async () => {
    if (away) throw new Error('Kafka is away');
  });
  await write('b', 'one');
  await eventually(() => expect(relay.errors).not.toEqual([]));
  away = false;
  await eventually(() => expect(relay.published).toContain('diary-b@1'));
});

test('a second relay stands by, and takes over when the first ends', async () => {
  const first = await noting('shared');
  await using second = await noting('shared');
  await write('c', 'one');
  await eventually(() => expect(first.published).toContain('diary-c@1'));
  expect(second.published).toEqual([]);

  await first[Symbol.asyncDispose]();
  await write('c', 'two');
  await eventually(() => expect(second.published).toContain('diary-c@2'));
  expect(second.published).not.toContain('diary-c@1');
});

test('a server that ends the session of the leader is led again', async () => {
  await using relay = await noting('resumed');
  await write('d', 'one');
  await eventually(() => expect(relay.published).toContain('diary-d@1'));
  await database.owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );
  await eventually(async () => {
    await write('d', 'two');
    expect(relay.published).toContain('diary-d@2');
  });
});

test('a relay killed between publishing and its checkpoint publishes again', async () => {
  await write('e', 'one');
  const killed = spawn(process.execPath, [join(import.meta.dirname, 'relay.fixture.ts'), database.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  await publishedOnce(killed);
  killed.kill('SIGKILL');
  await once(killed, 'exit');

  await using relay = await noting('killed');
  await eventually(() => expect(relay.published).toContain('diary-e@1'), { timeout: 20_000 });
});

/** The child says so once it has published and before it moves its checkpoint. */
async function publishedOnce({ stdout }: ChildProcess) {
  if (stdout) for await (const chunk of stdout) if (String(chunk).includes('published')) return;
  throw new Error('The relay ended before it published.');
}

test('events restored with transaction ids of another server are refused, not silently left out', async () => {
  await using restored = await diaryDatabase();
  await restored.owner.query(
    `insert into events (transaction, stream, version, event_id, type, schema_version, data, meta, recorded_at)
     values ('999999999999', 'diary-restored', 1, gen_random_uuid(), 'Written', 1, '{}', '{}', now())`,
  );
  await expect(
    startRelay(restored.pool, { name: 'restored', publish: async () => {}, onError: () => {} }),
  ).rejects.toThrow('After a restore');
});
