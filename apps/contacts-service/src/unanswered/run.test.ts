import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { emptyProfile } from '@kith/contracts/contacts';
import { keyring, migrate, openPool } from '@kith/event-store';
import { eventually, startNetwork, testDatabase } from '@kith/stack/testing';
import type { Pool } from 'pg';
import { register } from 'prom-client';

import { services, type Services } from '../services.ts';
import { recordVerdicts } from '../consumer.ts';
import { startTellingAgain } from './run.ts';

const WORKSPACE = 'ws_00000000000000000000000001';
/** Production waits ten minutes; here a published event is overdue at once. */
const OVERDUE_MS = 1;

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let deps: Services;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../../migrations'));
  pool = openPool(database.url);
  deps = services(pool, keyring([randomBytes(32)]));
});
afterAll(async () => {
  await pool.end();
  await database[Symbol.asyncDispose]();
});

let last = 0;
async function newContact(values: { email?: string; phone?: string } = { email: 'ada@kith.test' }): Promise<number> {
  const id = ++last;
  const profile = { ...emptyProfile, name: 'Ada', ...values };
  const command = { type: 'CreateContact', id, workspaceId: WORKSPACE, profile, phoneE164: null, lists: [] } as const;
  await deps.contacts.handle(String(id), command);
  return id;
}
const change = (id: number, changes: object) =>
  deps.contacts.handle(String(id), { type: 'ChangeContact', workspaceId: WORKSPACE, changes, phoneE164: null });
const erase = (id: number) => deps.contacts.handle(String(id), { type: 'EraseContact', workspaceId: WORKSPACE });

const hearing = (id: number, event: Parameters<typeof recordVerdicts>[1][number]['event']) =>
  recordVerdicts(deps, [
    {
      key: String(id),
      id: randomUUID(),
      source: '/kith/verification-service',
      subject: `contacts/${id}`,
      sequence: 1,
      time: new Date(),
      partition: 0,
      offset: '0',
      event,
    },
  ]);
const confirm = (contactId: number) =>
  hearing(contactId, { type: 'SubjectErasureConfirmed', data: { contactId, workspaceId: WORKSPACE } });
const verify = (contactId: number, field: 'email' | 'phone', valueVersion: number) =>
  hearing(contactId, {
    type: 'StatusVerified',
    data: {
      contactId,
      workspaceId: WORKSPACE,
      field,
      valueVersion,
      status: 'valid',
      reasons: [],
      checkedAt: new Date().toISOString(),
    },
  });

/** Moves the checkpoint to the end, as the relay does when it has published everything. */
const publishAll = () =>
  pool.query(
    `insert into checkpoints (name, transaction, position)
     select 'kafka', transaction, position from events order by transaction desc, position desc limit 1
         on conflict (name) do update set transaction = excluded.transaction, position = excluded.position`,
  );

/** Makes one round of the sweep. Transactions of other tests may hide events for a while. */
async function round(overdueMs = OVERDUE_MS) {
  while (await deps.unanswered.find(overdueMs));
  await deps.unanswered.forgetAnswered();
  return deps.unanswered.tellAgain(overdueMs);
}
/** Takes the events that the relay is to publish again. */
async function publishedAgain(id: number): Promise<string[]> {
  const { rows } = await pool.query<{ event: string }>(
    `delete from tell_again a using events e where e.event_id = a.event_id and stream = $1
     returning e.type || ' ' || e.version as event`,
    [`contact-${id}`],
  );
  return rows.map(({ event }) => event).toSorted();
}
const waiting = async (id: number) =>
  (await pool.query(`select version, told_again from unanswered where contact_id = $1 order by version`, [id])).rows;

beforeEach(async () => {
  await pool.query(`delete from unanswered`);
  await pool.query(`delete from tell_again`);
});

describe('an erasure without a confirmation', () => {
  test('is published again, later each time, until it is confirmed', async () => {
    const id = await newContact({});
    await erase(id);
    await publishAll();
    await eventually(async () => expect(await round()).toContainEqual({ contactId: id, version: 2, erasure: true }));
    expect(await publishedAgain(id)).toEqual(['ContactErased 2']);

    const pause = async () => {
      const { rows } = await pool.query<{ seconds: number }>(
        `select extract(epoch from due_at - now())::float8 as seconds from unanswered where contact_id = $1`,
        [id],
      );
      return rows[0]!.seconds;
    };
    const pauses: number[] = [];
    for (let n = 0; n < 3; n++) {
      await pool.query(`update unanswered set due_at = now()`);
      await round(600_000);
      expect(await publishedAgain(id)).toEqual(['ContactErased 2']);
      pauses.push(Math.round((await pause()) / 600));
    }
    expect(pauses).toEqual([2, 4, 8]);
    expect(await round()).toEqual([]);

    await confirm(id);
    await pool.query(`update unanswered set due_at = now()`);
    expect(await round()).toEqual([]);
    expect(await waiting(id)).toEqual([]);
  });

  test('waits a day at most, however often it was published', async () => {
    const id = await newContact({});
    await erase(id);
    await publishAll();
    await eventually(async () => expect(await round()).not.toEqual([]));
    await pool.query(`update unanswered set due_at = now(), told_again = 10000`);
    await round(600_000);
    const { rows } = await pool.query(
      `select due_at between now() + interval '23 hours' and now() + interval '1 day' as in_a_day from unanswered`,
    );
    expect(rows).toEqual([{ in_a_day: true }]);
  });
});

describe('a value that stays pending', () => {
  test('has the event that set it published again, and no other, until its verdict arrives', async () => {
    const id = await newContact({ email: 'ada@kith.test', phone: '+14155552671' });
    await change(id, { company: 'Engines' });
    await change(id, { email: 'byron@kith.test' });
    await verify(id, 'phone', 1);
    await publishAll();
    await eventually(async () => expect(await round()).toEqual([{ contactId: id, version: 3, erasure: false }]));
    expect(await publishedAgain(id)).toEqual(['ContactChanged 3']);

    await verify(id, 'email', 3);
    await pool.query(`update unanswered set due_at = now()`);
    expect(await round()).toEqual([]);
    expect(await waiting(id)).toEqual([]);
  });

  test('has two events published again where two verdicts are missing', async () => {
    const id = await newContact({ phone: '+14155552671' });
    await change(id, { email: 'byron@kith.test' });
    await publishAll();
    await eventually(async () => expect(await round()).toHaveLength(2));
    expect(await publishedAgain(id)).toEqual(['ContactChanged 2', 'ContactCreated 1']);
  });

  test.each([
    ['changed', (id: number) => change(id, { email: 'byron@kith.test' })],
    ['cleared', (id: number) => change(id, { email: null })],
    ['erased', erase],
  ])('is published no more once it is %s', async (_, write) => {
    const id = await newContact();
    await publishAll();
    await eventually(async () => expect(await round()).toHaveLength(1));
    await publishedAgain(id);
    await write(id);
    await pool.query(`update unanswered set due_at = now()`);
    await publishAll();
    await round();
    expect(await publishedAgain(id)).not.toContain('ContactCreated 1');
    await verify(id, 'email', 2);
    await confirm(id);
  });
});

describe('an event that is not overdue', () => {
  test('is left alone while it is young, and published again in its time', async () => {
    const id = await newContact();
    await publishAll();
    expect(await round(600_000)).toEqual([]);
    await eventually(async () => expect(await round()).toHaveLength(1));
    expect(await publishedAgain(id)).toEqual(['ContactCreated 1']);
  });

  test('is never published again where it is answered', async () => {
    const id = await newContact();
    await verify(id, 'email', 1);
    await publishAll();
    await eventually(async () => {
      while (await deps.unanswered.find(OVERDUE_MS));
      const { rows } = await pool.query(
        `select from checkpoints r, events e where r.name = 'unanswered' and e.stream = $1 and (e.transaction, e.position) > (r.transaction, r.position)`,
        [`contact-${id}`],
      );
      expect(rows).toEqual([]);
    });
    expect(await waiting(id)).toEqual([]);
  });
});

test('an event that is not published yet is overdue, but not published again: its turn will come', async () => {
  await publishAll();
  const id = await newContact();
  await eventually(async () => expect(await round()).toHaveLength(1));
  expect(await publishedAgain(id)).toEqual([]);
  await publishAll();
  await pool.query(`update unanswered set due_at = now()`);
  await round();
  expect(await publishedAgain(id)).toEqual(['ContactCreated 1']);
});

test('two replicas at once publish each event again once', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => newContact()));
  await publishAll();
  await eventually(async () => {
    await Promise.all([round(), round()]);
    expect((await pool.query(`select from unanswered`)).rows).toHaveLength(ids.length);
  });
  expect((await pool.query(`select from tell_again`)).rows).toHaveLength(ids.length);
});

describe('the sweep', () => {
  const started = (over: Partial<Parameters<typeof startTellingAgain>[0]> = {}) => {
    const logged: object[] = [];
    const errors: unknown[] = [];
    const sweep = startTellingAgain({
      ...deps,
      overdueMs: OVERDUE_MS,
      onToldAgain: (events) => logged.push(...events),
      onError: (error) => errors.push(error),
      ...over,
    });
    return { logged, errors, [Symbol.asyncDispose]: () => sweep[Symbol.asyncDispose]() };
  };
  const metric = async (name: string) =>
    (await register.metrics()).split('\n').find((line) => line.startsWith(`${name} `));

  test('reports the events it publishes again, and counts them', async () => {
    const [pending, erased] = [await newContact(), await newContact({})];
    await erase(erased);
    await publishAll();
    await using sweep = started();
    await eventually(() =>
      expect(sweep.logged).toEqual(
        expect.arrayContaining([
          { contactId: pending, version: 1, erasure: false },
          { contactId: erased, version: 2, erasure: true },
        ]),
      ),
    );
    expect(await metric('kith_contacts_pending_overdue')).toBe('kith_contacts_pending_overdue 1');
    expect(await metric('kith_erasures_unconfirmed')).toMatch(/ [1-9]\d*$/);
    expect(await metric('kith_erasures_unconfirmed_oldest_seconds')).toMatch(/ \d+\.\d+$/);
    expect(sweep.errors).toEqual([]);
  });

  test('outlives a database that is away: its metrics are left out, and the others are shown', async () => {
    await using network = await startNetwork(database.url);
    const away = openPool(network.url);
    await using sweep = started(services(away, keyring([randomBytes(32)])));
    await eventually(async () => expect(await metric('kith_contacts_pending_overdue')).toBeDefined());
    network.close();
    await eventually(() => expect(sweep.errors).not.toEqual([]));
    expect(await metric('kith_contacts_pending_overdue')).toBeUndefined();
    expect(await metric('kith_erasures_unconfirmed')).toBeUndefined();
    expect(await register.metrics()).toContain('# TYPE kith_erasures_unconfirmed gauge');
    network.open();
    await eventually(async () => expect(await metric('kith_erasures_unconfirmed')).toBeDefined());
    await away.end();
  });
});
