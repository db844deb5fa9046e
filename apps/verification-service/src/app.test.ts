import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Contact, ContactsEvent } from '@kith/contracts';
import { differingRows, migrate, openPool } from '@kith/event-store';
import type { Incoming } from '@kith/kafka';
import { eventually, testDatabase } from '@kith/stack/testing';
import type { Pool } from 'pg';

import { buildApp, services, type Services, verificationAggregate } from './app.ts';
import type { Checks } from './checks/index.ts';
import type { Told } from './clients/contacts.ts';
import { type Intake, takeIn } from './consumers/contacts.ts';
import { runChecks, settle } from './processes/run-checks.ts';
import type { OpenCheck } from './queries/open-checks.ts';

const KEY = 'an internal key of at least 32 characters';
const WORKSPACE = 'ws_00000000000000000000000001';
const OTHER = 'ws_00000000000000000000000002';
const DEADLINE_MS = 60_000;

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let deps: Services;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../migrations'));
  pool = openPool(database.url);
  deps = services(pool);
});
afterAll(async () => {
  expect(await differingRows(pool, verificationAggregate)).toEqual([]);
  await pool.end();
  await database[Symbol.asyncDispose]();
});

let now: Date;
let missed: Told[];
let asked: string[];
let errors: unknown[];
beforeEach(async () => {
  await pool.query('delete from open_checks');
  now = new Date('2026-01-01T00:00:00Z');
  missed = [];
  asked = [];
  errors = [];
});

const clock = () => now;
const later = (ms: number) => (now = new Date(now.getTime() + ms));

const intake = (): Intake => ({
  openChecks: deps.openChecks,
  missedEvents: async (_, after) => missed.filter(({ sequence }) => sequence > after),
  clock,
  deadlineMs: DEADLINE_MS,
  wake: () => {},
});
const take = (...messages: Incoming<ContactsEvent>[]) => takeIn(intake(), messages);

const passes: Checks = {
  email: [{ name: 'stub', ask: (value) => (asked.push(value), { says: 'pass' }) }],
  phone: [
    { name: 'stub', ask: (value) => (asked.push(value), { says: 'settled', status: 'invalid', reason: 'syntax' }) },
  ],
};
const unanswered: Checks = {
  email: [{ name: 'stub', ask: (value) => (asked.push(value), { says: 'unanswered', reason: 'dns_timeout' }) }],
  phone: [],
};
const checking = (checks: Checks) => ({ ...deps, checks, clock, onError: (error: unknown) => errors.push(error) });

/** One round of what a worker does: what is due is claimed and attempted. How many there were. */
async function round(checks: Checks): Promise<number> {
  const claimed = await claim();
  for (const check of claimed) await settle(checking(checks), check);
  return claimed.length;
}
const claim = (): Promise<OpenCheck[]> =>
  deps.openChecks.claim(32, { now, leaseEnd: new Date(now.getTime() + 30_000) });

let contacts = 0;
const newContact = () => ++contacts;

function created(contactId: number, values: { email?: string; phone?: string }): Incoming<ContactsEvent> {
  const { email = null, phone = null } = values;
  const contact = { id: contactId, workspaceId: WORKSPACE, email, phone, version: 1 } as Contact;
  const valueVersions = { email: email === null ? null : 1, phone: phone === null ? null : 1 };
  return message(contactId, 1, {
    type: 'ContactCreated',
    data: { contactId, workspaceId: WORKSPACE, contact, valueVersions },
  });
}

function changed(contactId: number, version: number, email: string | null): Incoming<ContactsEvent> {
  return message(contactId, version, {
    type: 'ContactChanged',
    data: {
      contactId,
      workspaceId: WORKSPACE,
      changes: { old: {}, new: { email } },
      oldVersion: version - 1,
      newVersion: version,
      valueVersions: { email: email === null ? null : version, phone: null },
    },
  });
}

function statusChanged(contactId: number, version: number): Incoming<ContactsEvent> {
  const data = {
    contactId,
    workspaceId: WORKSPACE,
    field: 'email',
    status: 'valid',
    previousStatus: 'pending',
  } as const;
  return message(contactId, version, { type: 'ContactStatusChanged', data: { ...data, valueVersion: 1, reasons: [] } });
}

const message = (contactId: number, sequence: number, event: ContactsEvent): Incoming<ContactsEvent> => ({
  key: String(contactId),
  id: randomUUID(),
  sequence,
  time: now,
  partition: 0,
  offset: '0',
  requestId: 'request-1',
  event,
});

async function open(contactId: number) {
  const { rows } = await pool.query(
    `select field, value, value_version as version from open_checks where contact_id = $1 order by field`,
    [contactId],
  );
  return rows;
}
async function verdicts(contactId: number) {
  const { rows } = await pool.query<{
    data: { field: string; valueVersion: number; status: string; reasons: string[] };
  }>(`select data from events where stream = $1 order by version`, [`contact-${contactId}`]);
  return rows.map(({ data: { field, valueVersion, status, reasons } }) => ({ field, valueVersion, status, reasons }));
}
const emailVerdict = (valueVersion: number, status: string, reasons: string[] = []) => ({
  field: 'email',
  valueVersion,
  status,
  reasons,
});

describe('a new contact', () => {
  test('has its e-mail address and phone number checked, and the verdicts are kept without the values', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test', phone: '+15551234567' }));
    expect(await open(id)).toEqual([
      { field: 'email', value: 'ada@kith.test', version: 1 },
      { field: 'phone', value: '+15551234567', version: 1 },
    ]);

    await round(passes);
    expect(await verdicts(id)).toEqual(
      expect.arrayContaining([
        emailVerdict(1, 'valid'),
        { field: 'phone', valueVersion: 1, status: 'invalid', reasons: ['syntax'] },
      ]),
    );
    expect(await open(id)).toEqual([]);
    const { rows } = await pool.query<{ stored: string }>(
      `select concat(jsonb_agg(e), (select jsonb_agg(v) from verdicts v)) as stored from events e`,
    );
    expect(rows[0]?.stored).not.toMatch(/ada|kith\.test|5551234567/);
  });

  test('with neither has nothing to check', async () => {
    const id = newContact();
    await take(created(id, {}));
    expect(await open(id)).toEqual([]);
  });

  test('has its verdict traced to the request that made it', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }));
    await round(passes);
    const { rows } = await pool.query(`select meta from events where stream = $1`, [`contact-${id}`]);
    expect(rows).toEqual([{ meta: { requestId: 'request-1' } }]);
  });
});

describe('a message that comes twice', () => {
  test('leads to one check and one verdict, wherever the copy comes', async () => {
    const id = newContact();
    const first = created(id, { email: 'ada@kith.test' });
    await take(first, first);
    await take(first);
    await round(passes);
    await take(first);
    expect(await round(passes)).toBe(0);
    expect(asked).toEqual(['ada@kith.test']);
    expect(await verdicts(id)).toEqual([emailVerdict(1, 'valid')]);
  });

  test('is applied once when two readers have it at the same time', async () => {
    const id = newContact();
    const first = created(id, { email: 'ada@kith.test' });
    const outcomes = await Promise.allSettled([take(first), take(first), take(first)]);
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    await take(first);
    expect(await open(id)).toHaveLength(1);
  });
});

describe('a value written anew', () => {
  test('replaces the check of the one before', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }), changed(id, 2, 'lovelace@kith.test'));
    await take(changed(id, 3, 'byron@kith.test'));
    await round(passes);
    expect(asked).toEqual(['byron@kith.test']);
    expect(await verdicts(id)).toEqual([emailVerdict(3, 'valid')]);
  });

  test('while the one before is being checked is still to be checked', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }));
    const [check] = await claim();
    await take(changed(id, 2, 'lovelace@kith.test'));
    await settle(checking(passes), check!);
    expect(await open(id)).toEqual([{ field: 'email', value: 'lovelace@kith.test', version: 2 }]);
  });

  test('and written back is judged by its own check (A→B→A)', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }));
    const [first] = await claim();
    await take(changed(id, 2, 'lovelace@kith.test'), changed(id, 3, 'ada@kith.test'));
    await round(passes);
    await settle(checking(passes), first!);
    expect(await verdicts(id)).toEqual([emailVerdict(3, 'valid')]);
  });

  test('to nothing is not checked', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }), statusChanged(id, 2), changed(id, 3, null));
    expect(await open(id)).toEqual([]);
    await take(changed(id, 4, 'ada@kith.test'));
    await take(changed(id, 5, null));
    expect(await open(id)).toEqual([]);
  });
});

describe('a gap before a message', () => {
  test('is filled by asking the owner, and other contacts go on', async () => {
    const [id, other] = [newContact(), newContact()];
    missed = [created(id, { email: 'ada@kith.test' }), statusChanged(id, 2), changed(id, 3, 'lovelace@kith.test')];
    await take(created(other, { email: 'bob@kith.test' }), statusChanged(id, 2), changed(id, 3, 'lovelace@kith.test'));
    expect(await open(id)).toEqual([{ field: 'email', value: 'lovelace@kith.test', version: 3 }]);
    expect(await open(other)).toHaveLength(1);
    await take(statusChanged(id, 4));
    expect(await deps.openChecks.appliedVersions([id])).toEqual(new Map([[id, 4]]));
  });

  test('of events that only later releases know is passed over', async () => {
    const id = newContact();
    await take(created(id, {}));
    missed = [{ sequence: 2, event: undefined }, changed(id, 3, 'ada@kith.test')];
    await take(changed(id, 3, 'ada@kith.test'));
    expect(await open(id)).toHaveLength(1);
  });

  test('that the owner cannot fill yet fails the message, to be tried again', async () => {
    const id = newContact();
    await expect(take(statusChanged(id, 2))).rejects.toThrow(`Of contact ${id}, version 1 is neither`);
    missed = [created(id, { email: 'ada@kith.test' }), statusChanged(id, 2)];
    await take(statusChanged(id, 2));
    expect(await open(id)).toHaveLength(1);
  });
});

describe('a check that nobody answers', () => {
  test('is made again, later each time, and is unknown when its time is up', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }));
    const end = now.getTime() + DEADLINE_MS;
    expect(await round(unanswered)).toBe(1);
    expect(await round(unanswered)).toBe(0);
    while (now.getTime() < end) {
      expect(await verdicts(id)).toEqual([]);
      later(250);
      await round(unanswered);
    }
    expect(await verdicts(id)).toEqual([emailVerdict(1, 'unknown', ['dns_timeout', 'no_answer'])]);
    expect(await open(id)).toEqual([]);
    expect(asked.length).toBeGreaterThan(7);
    expect(asked.length).toBeLessThan(20);
  });

  test('is settled by the first answer', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }));
    await round(unanswered);
    later(1_000);
    await round(passes);
    expect(await verdicts(id)).toEqual([emailVerdict(1, 'valid')]);
  });

  test('is made at least once, however late', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }));
    later(10 * DEADLINE_MS);
    await round(passes);
    expect(await verdicts(id)).toEqual([emailVerdict(1, 'valid')]);
  });

  test('because it fails of itself is unknown at the end, and the failure is told', async () => {
    const id = newContact();
    const broken: Checks = {
      email: [
        {
          name: 'stub',
          ask() {
            throw new TypeError('broken');
          },
        },
      ],
      phone: [],
    };
    await take(created(id, { email: 'ada@kith.test' }));
    later(DEADLINE_MS);
    await round(broken);
    expect(await verdicts(id)).toEqual([emailVerdict(1, 'unknown', ['check_failed', 'no_answer'])]);
    expect(errors).toHaveLength(1);
  });
});

describe('a worker that dies', () => {
  test('between check and verdict leaves the check to another, and there is one verdict', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }));
    expect(await claim()).toHaveLength(1);
    expect(await round(passes)).toBe(0);
    later(30_000);
    expect(await round(passes)).toBe(1);
    expect(await verdicts(id)).toEqual([emailVerdict(1, 'valid')]);
  });

  test('between verdict and the end of the check leaves one verdict', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }));
    const dying = { ...deps.openChecks, close: () => Promise.reject(new Error('killed')) };
    const [check] = await claim();
    await expect(settle({ ...checking(passes), openChecks: dying }, check!)).rejects.toThrow('killed');
    later(30_000);
    expect(await round(passes)).toBe(1);
    expect(await verdicts(id)).toEqual([emailVerdict(1, 'valid')]);
    expect(await open(id)).toEqual([]);
  });

  test('only slowly, and both make the check: one verdict', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }));
    const [slow] = await claim();
    later(30_000);
    await Promise.all([round(passes), settle(checking(passes), slow!)]);
    expect(asked).toHaveLength(2);
    expect(await verdicts(id)).toEqual([emailVerdict(1, 'valid')]);
  });
});

describe('workers', () => {
  test('side by side make each check once', async () => {
    const ids = Array.from({ length: 200 }, newContact);
    await take(...ids.map((id) => created(id, { email: `${id}@kith.test` })));
    {
      await using _one = runChecks(checking(passes));
      await using _two = runChecks(checking(passes));
      await eventually(async () => expect(await deps.openChecks.claim(1, { now, leaseEnd: now })).toEqual([]));
    }
    expect(asked).toHaveLength(200);
    expect(new Set(asked).size).toBe(200);
    for (const id of ids) expect(await verdicts(id)).toEqual([emailVerdict(1, 'valid')]);
    expect(errors).toEqual([]);
  });

  test('that are woken look at once, and end what they have in hand before they stop', async () => {
    const id = newContact();
    const worker = runChecks(checking(passes));
    await takeIn({ ...intake(), wake: worker.wake }, [created(id, { email: 'ada@kith.test' })]);
    await eventually(() => expect(asked).toEqual(['ada@kith.test']));
    await worker[Symbol.asyncDispose]();
    expect(await verdicts(id)).toEqual([emailVerdict(1, 'valid')]);
  });

  test('outlive a database that is away', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }));
    let away = true;
    const flaky: Services['openChecks'] = {
      ...deps.openChecks,
      claim: (...args) => (away ? Promise.reject(new Error('away')) : deps.openChecks.claim(...args)),
    };
    await using worker = runChecks({ ...checking(passes), openChecks: flaky });
    await eventually(() => expect(errors).not.toEqual([]));
    away = false;
    worker.wake();
    await eventually(async () => expect(await verdicts(id)).toHaveLength(1));
  });
});

describe('why a contact has its status', () => {
  const get = async (id: number, workspace = WORKSPACE, key = KEY) => {
    await using app = buildApp(deps, { logger: false, internalKeys: [KEY], ready: async () => {} });
    const headers = {
      'x-kith-internal-key': key,
      'x-kith-workspace': workspace,
      'x-kith-token': 'tok_00000000000000000000000001',
    };
    return app.inject({ url: `/contacts/${id}/verdicts`, headers });
  };

  test('is told with the evidence, to its own workspace', async () => {
    const id = newContact();
    await take(created(id, { email: 'ada@kith.test' }));
    await round(passes);
    const answer = await get(id);
    expect(answer.json()).toEqual({
      contactId: id,
      version: 1,
      email: {
        valueVersion: 1,
        status: 'valid',
        reasons: [],
        evidence: [{ check: 'stub', says: 'pass' }],
        checkedAt: '2026-01-01T00:00:00.000Z',
      },
      phone: null,
    });
    expect((await get(id, OTHER)).statusCode).toBe(404);
    expect((await get(id, WORKSPACE, 'not the key')).statusCode).toBe(401);
  });
});
