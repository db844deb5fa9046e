import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { emptyProfile, type KnownContact } from '@kith/contracts/contacts';
import { differingRows, keyring, migrate, openPool } from '@kith/event-store';
import { testDatabase } from '@kith/stack/testing';
import type { Pool } from 'pg';

import { contactAggregate } from '../contact/service.ts';
import { services, type Services } from '../services.ts';
import { knownContactQueries } from './queries.ts';
import { replay } from './replay.ts';

const WORKSPACE = 'ws_00000000000000000000000001';
const OTHER = 'ws_00000000000000000000000002';
const ring = keyring([randomBytes(32)]);
const LATER = '2999-01-01T00:00:00.000Z';
const EARLIER = '2000-01-01T00:00:00.000Z';

let database: Awaited<ReturnType<typeof testDatabase>>;
let pool: Pool;
let deps: Services;
let known: ReturnType<typeof knownContactQueries>;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url, join(import.meta.dirname, '../../migrations'));
  pool = openPool(database.url);
  deps = services(pool, ring);
  known = knownContactQueries(pool);
});
afterAll(async () => {
  expect(await differingRows(pool, contactAggregate, ring)).toEqual([]);
  await pool.end();
  await database[Symbol.asyncDispose]();
});

async function newContact(): Promise<number> {
  const id = await deps.contacts.nextId();
  const profile = { ...emptyProfile, name: 'Ada', email: 'ada@kith.test' };
  const command = { type: 'CreateContact', id, workspaceId: WORKSPACE, profile, phoneE164: null, lists: [] } as const;
  await deps.contacts.handle(String(id), command);
  return id;
}

const carryOut = (...lines: readonly KnownContact[]) => replay({ contacts: deps.contacts, known }, lines);
const line = (contactId: number, more: Partial<KnownContact>) => ({ contactId, workspaceId: WORKSPACE, ...more });
const versionOf = async (id: number) => (await known.stored([id])).get(id)?.version;
const entryOf = async (id: number) => (await known.ledger(id - 1, 1)).find(({ contactId }) => contactId === id);
const publishedOf = async (id: number) => (await deps.contacts.published(id, 0)).map(({ event }) => event);

describe('an erasure that a restore undid', () => {
  test('is carried out again, and is in the ledger with its times', async () => {
    const id = await newContact();
    const entry = line(id, { erasedAt: LATER, confirmations: { 'verification-service': LATER } });
    expect(await carryOut(entry)).toEqual({ erased: [id], toldAnew: [], reused: [] });
    expect(await versionOf(id)).toBeUndefined();
    expect((await publishedOf(id)).at(-1)).toMatchObject({ type: 'ContactErased' });
    expect(await entryOf(id)).toMatchObject({ contactId: id, confirmations: { 'verification-service': LATER } });
  });

  test('has one effect, however often it is replayed', async () => {
    const id = await newContact();
    const entry = line(id, { erasedAt: LATER });
    expect(await carryOut(entry, entry)).toMatchObject({ erased: [id] });
    expect(await carryOut(entry)).toMatchObject({ erased: [] });
    expect(await publishedOf(id)).toHaveLength(2);
  });

  test('enters the ledger even where the backup does not know the contact', async () => {
    const id = await deps.contacts.nextId();
    await carryOut(line(id, { erasedAt: EARLIER }));
    expect(await entryOf(id)).toEqual({ contactId: id, workspaceId: WORKSPACE, erasedAt: EARLIER });
  });

  test.each([
    ['of another workspace', { workspaceId: OTHER, erasedAt: LATER }],
    ['that was created after it', { erasedAt: EARLIER }],
  ])('spares a contact %s: its number was given away again', async (_, more) => {
    const id = await newContact();
    expect(await carryOut(line(id, more))).toEqual({ erased: [], toldAnew: [], reused: [id] });
    expect(await versionOf(id)).toBe(1);
    expect(await entryOf(id)).toBeUndefined();
  });
});

describe('a contact with later versions elsewhere', () => {
  test('is published whole in a version after theirs, and its values are checked again', async () => {
    const id = await newContact();
    expect(await carryOut(line(id, { version: 4 }))).toEqual({ erased: [], toldAnew: [id], reused: [] });
    expect(await versionOf(id)).toBe(5);
    expect((await publishedOf(id)).at(-1)).toMatchObject({
      type: 'ContactChanged',
      data: { newVersion: 5, changes: { new: { name: 'Ada', email: 'ada@kith.test' } }, valueVersions: { email: 5 } },
    });
    expect(await deps.contacts.byId(WORKSPACE, id)).toMatchObject({ emailStatus: 'pending' });
    expect(await carryOut(line(id, { version: 4 }))).toMatchObject({ toldAnew: [] });
  });

  test('is left alone where there are none, and where it does not exist', async () => {
    const id = await newContact();
    expect(await carryOut(line(id, { version: 1 }), line(id + 1000, { version: 3 }))).toEqual({
      erased: [],
      toldAnew: [],
      reused: [],
    });
  });
});
