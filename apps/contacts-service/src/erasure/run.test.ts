import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { emptyProfile } from '@kith/contracts/contacts';
import { keyring, migrate, openPool } from '@kith/event-store';
import { eventually, everyRow, testDatabase } from '@kith/stack/testing';
import pg, { type Pool } from 'pg';

import { services, type Services } from '../services.ts';
import { startClearingStatistics } from './run.ts';

const workspaceId = 'ws_00000000000000000000000001';
const LIST = 1;

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
/** The owner: no other role may analyze every table. */
let owner: pg.Client;
let deps: Services;

beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../../migrations'));
  pool = openPool(database.url);
  owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  deps = services(pool, keyring([randomBytes(32)]));
});
afterAll(async () => {
  await owner.end();
  await pool.end();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  // The test before leaves no work behind.
  while (await deps.erasures.clearStatistics());
});

/** Creates a contact of a list whose values all begin with the mark, and answers its id. */
async function newContact(mark: string): Promise<number> {
  const id = await deps.contacts.nextId();
  const profile = {
    ...emptyProfile,
    name: `${mark} name`,
    firstName: `${mark} first`,
    lastName: `${mark} last`,
    email: `${mark}@kith.test`,
    phone: `${mark} phone`,
    company: `${mark} company`,
    jobTitle: `${mark} job`,
    website: `https://${mark}.kith.test/`,
    address: { line1: `${mark} road`, line2: null, city: null, region: null, postalCode: null, country: null },
    gender: `${mark} gender`,
    source: `${mark} source`,
    note: `${mark} note`,
  };
  const command = {
    type: 'CreateContact',
    id,
    workspaceId,
    profile,
    phoneE164: `${mark} e164`,
    lists: [LIST],
  } as const;
  await deps.contacts.handle(String(id), command);
  return id;
}

const erase = (id: number) =>
  deps.contacts.handle(String(id), { type: 'EraseContact', workspaceId, ifVersions: undefined });

/** The values with the mark that the planner's statistics hold. */
async function known(mark: string): Promise<string[]> {
  const statistics = (await everyRow(database.url)).filter(({ table }) => table === 'pg_statistic');
  const words = statistics.flatMap(({ row }) => row.match(new RegExp(`${mark}[ @.]\\w+`, 'g')) ?? []);
  return [...new Set(words)].toSorted();
}

const isCleared = async (id: number) => {
  const { rows } = await pool.query<{ cleared: boolean }>(
    `select statistics_cleared_at is not null as cleared from erasures where contact_id = $1`,
    [id],
  );
  return rows[0]?.cleared;
};

test('the planner’s statistics hold the values that people are searched by, and no others', async () => {
  for (const mark of ['plannerone', 'plannertwo', 'plannersix']) await newContact(mark);
  await owner.query('analyze');
  expect(await known('plannertwo')).toEqual(['plannertwo name', 'plannertwo phone', 'plannertwo@kith']);
});

test.each([
  [
    'contacts',
    'id workspace_id version email_status email_version phone_status phone_version lists created_at updated_at search',
  ],
  ['list_members', 'list_id contact_id created_at'],
])('the server keeps statistics of %s only on numbers, times, statuses and the search text', async (table, columns) => {
  const { rows } = await owner.query<{ name: string }>(
    `select attname as name from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attstattarget is distinct from 0 order by attnum`,
    [table],
  );
  expect(rows.map(({ name }) => name).join(' ')).toBe(columns);
});

test('an erased person is soon in no statistic either', async () => {
  const id = await newContact('forgotten');
  await owner.query('analyze');
  expect(await known('forgotten')).not.toEqual([]);
  await erase(id);

  const errors: unknown[] = [];
  await using _ = startClearingStatistics({ ...deps, onError: (error) => errors.push(error) });
  await eventually(async () => expect(await isCleared(id)).toBe(true));
  expect(await known('forgotten')).toEqual([]);
  expect(errors).toEqual([]);
});

test('a crash before the note repeats the analyze', async () => {
  const id = await newContact('crashed');
  await owner.query('analyze');
  await erase(id);
  await owner.query('revoke update on erasures from kith_app');
  try {
    await expect(deps.erasures.clearStatistics()).rejects.toMatchObject({ code: '42501' });
  } finally {
    await owner.query('grant update on erasures to kith_app');
  }
  expect(await isCleared(id)).toBe(false);
  expect(await known('crashed')).not.toEqual([]);
  expect(await deps.erasures.clearStatistics()).toBe(true);
  expect(await isCleared(id)).toBe(true);
  expect(await known('crashed')).toEqual([]);
});

test('the analyze waits for a vacuum of the table and does not cancel it', async () => {
  const id = await newContact('vacuumed');
  await erase(id);
  await owner.query('begin');
  await owner.query('lock table contacts in share update exclusive mode');
  expect(await deps.erasures.clearStatistics()).toBe(false);
  await owner.query('commit');
  expect(await isCleared(id)).toBe(false);
  expect(await deps.erasures.clearStatistics()).toBe(true);
  expect(await isCleared(id)).toBe(true);
});

test('a service that may not analyze claims nothing', async () => {
  const id = await newContact('denied');
  await erase(id);
  await owner.query('revoke maintain on contacts from kith_app');
  try {
    expect(await deps.erasures.clearStatistics()).toBe(false);
  } finally {
    await owner.query('grant maintain on contacts to kith_app');
  }
  expect(await isCleared(id)).toBe(false);
});

test('nothing is analyzed where nobody was erased', async () => {
  expect(await deps.erasures.clearStatistics()).toBe(false);
});

describe('an erasure that several services are to confirm', () => {
  const LATER_SERVICE = 'webhook-service';
  const ledger = async (id: number) => {
    const { rows } = await pool.query<{ isConfirmed: boolean }>(
      `select services_confirmed_at is not null as "isConfirmed" from erasures where contact_id = $1`,
      [id],
    );
    return rows[0]?.isConfirmed;
  };
  /** An erased contact that a second service is to confirm, too. */
  async function erasedContact(): Promise<number> {
    const id = await newContact('several');
    await erase(id);
    await pool.query(`insert into erasure_confirmations (contact_id, service) values ($1, $2)`, [id, LATER_SERVICE]);
    return id;
  }

  test('is confirmed when the last of them has, however often each does', async () => {
    const id = await erasedContact();
    await deps.erasures.confirm(id, 'verification-service');
    await deps.erasures.confirm(id, 'verification-service');
    expect(await ledger(id)).toBe(false);
    await deps.erasures.confirm(id, LATER_SERVICE);
    expect(await ledger(id)).toBe(true);
  });

  test('is confirmed when they do so at once', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, erasedContact));
    const services = ['verification-service', LATER_SERVICE];
    await Promise.all(ids.flatMap((id) => services.map((service) => deps.erasures.confirm(id, service))));
    expect(await Promise.all(ids.map(ledger))).toEqual(ids.map(() => true));
  });

  test('is not confirmed by a service that nobody awaits', async () => {
    const id = await erasedContact();
    await deps.erasures.confirm(id, 'another-service');
    expect(await ledger(id)).toBe(false);
  });
});
