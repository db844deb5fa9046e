import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { query, testDatabase } from '@kith/stack/testing';

import { rememberedKeys } from '../system/keys.ts';
import { dataElsewhere } from '../testing/elsewhere.ts';
import { temporaryFolder } from '../testing/folder.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => database[Symbol.asyncDispose]());

async function kith(args: readonly string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'kith.ts'), ...args], {
    env: { KITH_HOME: '/nowhere', ...env },
  });
  const [said, printed, [code]] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'exit')]);
  return { said, printed, code: code as number };
}

test('kith reads the address of a database from the environment', async () => {
  const answer = await kith(['parked', 'list'], { DATABASE_URL: database.url });
  expect(answer).toEqual({ said: '', printed: 'Nothing is parked.\n', code: 0 });
});

test('kith parked shows the events that were published as shells, by their ids', async () => {
  await using other = await testDatabase();
  await query(
    other.url,
    `create table unpublishable_events (event_id uuid, relay text, stream text, version int, type text, reason text, found_at timestamptz)`,
  );
  const id = 'f81d4fae-7dec-51d0-a765-00a0c91e6bf6';
  await query(
    other.url,
    `insert into unpublishable_events values ($1, 'kafka', 'contact-7', 3, 'ContactChanged', 'MESSAGE_TOO_LARGE', '2026-11-24T12:00:00Z')`,
    [id],
  );
  const printed = `kafka  event ${id}  ContactChanged of contact-7 version 3  published as a shell at 2026-11-24T12:00:00.000Z\n  MESSAGE_TOO_LARGE\n`;
  for (const args of [['parked'], ['parked', 'list']]) {
    expect(await kith(args, { DATABASE_URL: other.url })).toEqual({ said: '', printed, code: 0 });
  }
  expect(await kith(['parked', '--topic', 'kith.contacts.v1'], { DATABASE_URL: other.url })).toMatchObject({
    printed: 'Nothing is parked.\n',
  });
});

test('kith refuses an address with a password as an argument, and does not repeat it', async () => {
  for (const args of [['--database', database.url], [`--database=${database.url}`]]) {
    const { said, printed, code } = await kith(['parked', 'list', ...args], {});
    expect({ printed, code }).toEqual({ printed: '', code: 2 });
    expect(said).toContain("Unknown option '--database'");
    expect(said).toContain('Environment: DATABASE_URL');
    expect(said).not.toContain(new URL(database.url).password);
  }
});

test('kith explains how to name a database when no system runs', async () => {
  const { said, code } = await kith(['parked', 'list'], {});
  expect(said).toContain('start it, or set DATABASE_URL.');
  expect(code).toBe(1);
});

test('kith lists its commands, and refuses an unknown one', async () => {
  const { printed, code } = await kith([], {});
  expect(code).toBe(0);
  for (const command of ['parked list', 'keys status', 'keys rewrap', 'erasures', 'repair-feed'])
    expect(printed).toContain(`kith -- ${command}`);
  expect(await kith(['rewrap'], {})).toMatchObject({
    said: expect.stringContaining("There is no command 'rewrap'."),
    code: 2,
  });
});

test('kith keys explains how to name an installation when none exists, and creates none', async () => {
  const { said, code } = await kith(['keys', 'status'], {});
  expect(said).toBe('Kith has never run in /nowhere. Set KITH_HOME, or the variables that --help names.\n');
  expect(code).toBe(1);
  expect(existsSync('/nowhere')).toBe(false);
});

test.each([
  [
    'an incomplete set of databases',
    ['repair-feed'],
    { CONTACTS_DATABASE_URL: 'postgres://x' },
    1,
    'Not set: VERIFICATION_DATABASE_URL, TOKENS_DATABASE_URL, ENCRYPTION_KEY.',
  ],
  [
    'a missing ledger',
    ['repair-feed', '--erasures', '/nowhere/ledger'],
    {},
    1,
    "no such file or directory, open '/nowhere/ledger'",
  ],
  ['a skip that is no number', ['repair-feed', '--skip', 'many'], {}, 2, '--skip must be a number'],
  ['an incomplete command', ['keys'], {}, 2, 'keys rewrap'],
])('kith refuses %s in a sentence and changes nothing', async (_, args, env, code, sentence) => {
  expect(await kith(args, env)).toMatchObject({ said: expect.stringContaining(sentence), printed: '', code });
});

test('kith starts the PostgreSQL of a stopped system, and stops it afterwards', async () => {
  await using home = await temporaryFolder();
  await rememberedKeys(join(home.path, 'keys.json'));
  const { said, code } = await kith(['keys', 'status'], { KITH_HOME: home.path, PATH: process.env['PATH'] ?? '' });
  const elsewhere = dataElsewhere(said);
  await using resources = new AsyncDisposableStack();
  if (elsewhere) resources.defer(() => rm(elsewhere, { recursive: true }));
  // The system has never run here, so it has no databases, and the command creates none.
  expect(said).toContain('contacts-service: database "kith_contacts" does not exist');
  expect(code).toBe(1);
  expect(existsSync(join(home.path, 'lock'))).toBe(false);
  expect(existsSync(join(elsewhere ?? join(home.path, 'postgres'), 'data/PG_VERSION'))).toBe(true);
  expect(existsSync(join(elsewhere ?? join(home.path, 'postgres'), 'data/postmaster.pid'))).toBe(false);
}, 60_000);
