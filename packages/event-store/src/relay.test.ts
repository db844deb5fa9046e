import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, startNetwork } from '@kith/stack/testing';
import type { Pool } from 'pg';
import { register } from 'prom-client';

import { commandHandler } from './command-handler.ts';
import { diary, diaryDatabase, ring } from './diary.fixture.ts';
import { openPool } from './postgres/pool.ts';
import { startRelay } from './relay.ts';
import type { StoredEvent } from './stored-event.ts';
import { tellAgain } from './tell-again.ts';
import { countUnpublished } from './unpublished.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;

beforeAll(async () => {
  database = await diaryDatabase();
});
afterAll(async () => database[Symbol.asyncDispose]());

const write = (id: string, text: string) =>
  commandHandler(database.pool, diary, { keyring: ring }).handle(id, { type: 'Write', id, text });

type Message = { readonly id: string; readonly text: string };

type Noting = {
  readonly pool?: Pool;
  readonly leaseMs?: number;
  readonly messagesOf?: (event: StoredEvent) => readonly Message[];
  readonly send?: (messages: readonly Message[]) => Promise<unknown>;
};

const messageOf = ({ stream, version, eventId, again }: StoredEvent): Message => ({
  id: eventId,
  text: `${stream}@${version}${again ? ' again' : ''}`,
});

/** A relay that notes what it publishes. */
async function noting(name: string, { pool = database.pool, send = async () => {}, ...options }: Noting = {}) {
  const published: string[] = [];
  const errors: unknown[] = [];
  const unpublishable: object[] = [];
  const { messagesOf = (event) => [messageOf(event)], leaseMs } = options;
  const relay = await startRelay<Message>(pool, {
    name,
    keyring: ring,
    ...(leaseMs && { leaseMs }),
    onError: (error) => errors.push(error),
    onUnpublishable: (event) => unpublishable.push(event),
    publication: {
      messagesOf,
      shellOf: (event) => [{ ...messageOf(event), text: `shell of ${event.stream}@${event.version}` }],
      async send(messages) {
        await send(messages);
        published.push(...messages.map(({ text }) => text));
      },
    },
  });
  return { published, errors, unpublishable, [Symbol.asyncDispose]: () => relay[Symbol.asyncDispose]() };
}

/** A relay in a process of its own, which stops before its checkpoint until it is told to go on. */
function relayProcess(name: string, leaseMs = '') {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'relay.fixture.ts'), database.url, name, leaseMs], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] },
  });
  const exited = once(child, 'exit');
  let output = '';
  child.stdout.on('data', (data) => (output += String(data)));
  const end = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return {
    said: (words: string) => eventually(() => expect(output).toContain(words), { timeout: 20_000 }),
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
    goOn: () => child.stdin.write('go on'),
    end,
    [Symbol.asyncDispose]: end,
  };
}

test('what is stored is published, in order', async () => {
  await using relay = await noting('plain');
  await write('a', 'one');
  await write('a', 'two');
  await eventually(() => expect(relay.published).toEqual(['diary-a@1', 'diary-a@2']));
});

test('a failure to publish is reported, and the events come again', async () => {
  let away = true;
  await using relay = await noting('failing', {
    send: async () => {
      if (away) throw new Error('Kafka is away');
    },
  });
  await write('b', 'one');
  await eventually(() => expect(relay.errors).not.toEqual([]));
  away = false;
  await eventually(() => expect(relay.published).toContain('diary-b@1'));
});

describe('an event that is to be told again', () => {
  const again = (name: string, ...versions: number[]) =>
    tellAgain(
      database.pool,
      name,
      versions.map((version) => ({ stream: `diary-${name}`, version })),
    );
  const told = (published: readonly string[], name: string) => published.filter((text) => text.includes(`-${name}@`));

  test('is told once more, as a copy behind what was told by then', async () => {
    await using relay = await noting('again');
    for (const text of ['one', 'two', 'three']) await write('again', text);
    const first = ['diary-again@1', 'diary-again@2', 'diary-again@3'];
    await eventually(() => expect(told(relay.published, 'again')).toEqual(first));
    await checkpointAtEnd('again');
    await again('again', 3, 1, 3, 4);
    const copies = ['diary-again@1 again', 'diary-again@3 again'];
    await eventually(() => expect(told(relay.published, 'again')).toEqual([...first, ...copies]));
    await again('again', 2);
    await eventually(() => expect(told(relay.published, 'again').slice(5)).toEqual(['diary-again@2 again']));
  });

  test('is not told before its turn', async () => {
    await write('turn', 'one');
    await again('turn', 1);
    const { rows } = await database.owner.query(`select from tell_again where relay = 'turn'`);
    expect(rows).toEqual([]);
  });

  test('is told again once more where that failed', async () => {
    let away = false;
    const send = () => (away ? Promise.reject(new Error('Kafka is away')) : Promise.resolve());
    await using relay = await noting('failed', { send });
    await write('failed', 'one');
    await eventually(() => expect(told(relay.published, 'failed')).toHaveLength(1));
    await checkpointAtEnd('failed');
    away = true;
    await again('failed', 1);
    await eventually(() => expect(relay.errors).not.toEqual([]));
    away = false;
    await eventually(() => expect(told(relay.published, 'failed')).toEqual(['diary-failed@1', 'diary-failed@1 again']));
  });

  test('of a person since erased says nothing of it', async () => {
    const personal: unknown[] = [];
    await using relay = await noting('shredded', {
      messagesOf: (event) => {
        if (event.stream === 'diary-shredded') personal.push(event.personal);
        return [messageOf(event)];
      },
    });
    await write('shredded', 'secret');
    await eventually(() => expect(told(relay.published, 'shredded')).toHaveLength(1));
    await checkpointAtEnd('shredded');
    await database.owner.query(`delete from data_keys where subject = 'diary-shredded'`);
    await again('shredded', 1);
    await eventually(() => expect(personal).toEqual([{ text: 'secret' }, undefined]));
  });

  const checkpointAtEnd = (name: string) =>
    eventually(async () => expect(await countUnpublished(database.pool, name, 1)).toBe(0));
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
  await using killed = relayProcess('killed');
  await killed.said('published');
  await killed.end();

  await using relay = await noting('killed');
  await eventually(() => expect(relay.published).toContain('diary-e@1'), { timeout: 20_000 });
});

describe('a leader without a sign of life', () => {
  // Thirty seconds in production.
  const LEASE_MS = 1_500;
  const reader = async (name: string) => {
    const { rows } = await database.owner.query<{ epoch: string; position: string; renewals: number }>(
      `select epoch, position, extract(epoch from renewed_at)::float8 as renewals from checkpoints where name = $1`,
      [name],
    );
    return rows[0]!;
  };

  test('because it is frozen loses the lease to another, and moves no checkpoint when it thaws', async () => {
    await write('f', 'one');
    await using frozen = relayProcess('frozen', String(LEASE_MS));
    await frozen.said('published');
    await using other = await noting('frozen', { leaseMs: LEASE_MS });
    const { epoch, renewals } = await reader('frozen');
    await eventually(async () => expect((await reader('frozen')).renewals).toBeGreaterThan(renewals + 2));
    expect(await reader('frozen')).toMatchObject({ epoch });

    frozen.freeze();
    await eventually(() => expect(other.published).toContain('diary-f@1'));
    await write('f', 'two');
    await eventually(() => expect(other.published).toContain('diary-f@2'));
    // The checkpoint moves after the message is sent.
    await eventually(async () => expect(await countUnpublished(database.pool, 'frozen', 1)).toBe(0));
    const { position } = await reader('frozen');

    frozen.thaw();
    frozen.goOn();
    await frozen.said('LeaseLost');
    expect(await reader('frozen')).toMatchObject({ epoch: String(Number(epoch) + 1), position });
    expect(other.errors).toEqual([]);
  });

  test('because nothing comes through to it any more loses the lease to another', async () => {
    await using network = await startNetwork(database.url);
    const pool = openPool(network.url);
    await using cutOff = await noting('cut off', { pool, leaseMs: LEASE_MS });
    await write('g', 'one');
    await eventually(() => expect(cutOff.published).toContain('diary-g@1'));

    network.goSilent();
    await using other = await noting('cut off', { leaseMs: LEASE_MS });
    await write('g', 'two');
    await eventually(() => expect(other.published).toContain('diary-g@2'));
    expect(cutOff.published).not.toContain('diary-g@2');
    await network[Symbol.asyncDispose]();
    await pool.end();
  });
});

test('events restored with transaction ids of another server are refused, not silently left out', async () => {
  await using restored = await diaryDatabase();
  await restored.owner.query(
    `insert into events (transaction, stream, version, event_id, type, schema_version, data, meta, recorded_at)
     values ('999999999999', 'diary-restored', 1, gen_random_uuid(), 'Written', 1, '{}', '{}', now())`,
  );
  await expect(
    startRelay(restored.pool, {
      name: 'restored',
      publication: { messagesOf: () => [], shellOf: () => [], send: async () => {} },
      onUnpublishable: () => {},
      onError: () => {},
    }),
  ).rejects.toThrow('After a restore');
});

test('while the database is away the metrics are told all the same, without the age of what is unpublished', async () => {
  await using network = await startNetwork(database.url);
  const pool = openPool(network.url);
  await using relay = await noting('measured', { pool });
  const lines = async () => (await register.metrics()).split('\n').filter((line) => line.includes('measured'));
  await eventually(async () => expect(await lines()).toEqual([expect.stringMatching(/unpublished_seconds.* 0$/)]));

  await network[Symbol.asyncDispose]();
  await eventually(() => expect(relay.errors).not.toEqual([]));
  expect(await lines()).toEqual([]);
  expect(await register.metrics()).toContain('# TYPE kith_relay_unpublished_seconds gauge');
  await pool.end();
});

test('an event that can never be told does not stop the relay: a shell goes out, and what is behind it', async () => {
  await using relay = await noting('unstoppable', {
    send: async (messages) => {
      const refused = messages.find(({ text }) => text === 'diary-h@1');
      if (refused) throw Object.assign(new Error('refused'), { refused: refused.id, code: 'MESSAGE_TOO_LARGE' });
    },
  });
  await write('h', 'one');
  await write('h', 'two');
  await eventually(() => expect(relay.published).toContain('diary-h@2'));
  expect(relay.published).toContain('shell of diary-h@1');
  expect(relay.published).not.toContain('diary-h@1');
  expect(relay.errors).toEqual([]);
  expect(relay.unpublishable).toMatchObject([{ stream: 'diary-h', version: 1, type: 'Written' }]);
  expect(await register.metrics()).toContain('kith_relay_unpublishable_total{relay="unstoppable"} 1');
});
