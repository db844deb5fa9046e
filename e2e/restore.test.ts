import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, query, readMessages, startSystem, type System } from '@kith/stack/testing';

import { type Call, client } from './client.ts';

type Contact = { id: number; workspaceId: string; name: string; email: string; emailStatus: string; version: number };

const backup = `backup_${randomUUID()}`;
const ledger = join(tmpdir(), `${backup}.jsonl`);

let system: System;
let call: Call;
beforeAll(async () => {
  system = await startSystem();
  call = client(system.gatewayUrl, (await system.newTenant()).token);
}, 120_000);
afterAll(async () => {
  const { server } = contactsDatabase();
  await system[Symbol.asyncDispose]();
  await query(server, `drop database if exists "${backup}"`);
  rmSync(ledger, { force: true });
}, 60_000);

function contactsDatabase() {
  const url = new URL(system.databases.contacts);
  const name = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  return { server: url.href, name };
}

/** Runs `npm run kith` with the environment of a job on Kubernetes. */
async function kith(...args: readonly string[]) {
  const { contacts, verification, tokens } = system.databases;
  const child = spawn('npm', ['run', '--silent', 'kith', '--', ...args], {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      CONTACTS_DATABASE_URL: contacts,
      VERIFICATION_DATABASE_URL: verification,
      TOKENS_DATABASE_URL: tokens,
      DATABASE_URL: contacts,
      ENCRYPTION_KEY: system.encryptionKey,
    },
  });
  const [said, printed, [code]] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'exit')]);
  return { said, printed, code: code as number };
}

const text = async (stream: Readable) => (await stream.setEncoding('utf8').toArray()).join('');

const read = async (id: number): Promise<Contact> => (await call('GET', `/contacts/${id}`)).data;

async function create(list: number, name: string, email: string): Promise<Contact> {
  return (await call('POST', `/contact-lists/${list}/contacts`, { name, email })).data;
}

async function newList(name: string): Promise<number> {
  return ((await call('POST', '/contact-lists', { name })).data as { id: number }).id;
}

const untilValid = (id: number) =>
  eventually(async () => expect(await read(id)).toMatchObject({ emailStatus: 'valid' }), { timeout: 30_000 });

async function versionsTold(id: number): Promise<number[]> {
  const messages = await readMessages(system.brokers, [`${system.prefix}.contacts.v1`]);
  return messages.filter(({ key }) => key === String(id)).map(({ headers }) => Number(headers['ce_sequence']));
}

test("after a restore of contacts-service's database, nothing from after the backup is mixed up with new data", async () => {
  const list = await newList('Customers');
  const [kept, changed, erased, inLedger] = await Promise.all([
    create(list, 'Kept', 'kept@kith.test'),
    create(list, 'Changed', 'changed@kith.test'),
    create(list, 'Erased', 'erased@kith.test'),
    create(list, 'In the ledger', 'ledger@kith.test'),
  ]);
  await Promise.all([kept, changed, erased, inLedger].map(({ id }) => untilValid(id)));
  const before = await read(kept.id);
  const { server, name } = contactsDatabase();
  await system.whileStopped(async () => void (await query(server, `create database "${backup}" template "${name}"`)));

  // The restore will lose everything from here on.
  await call('PATCH', `/contacts/${changed.id}`, { email: 'later@kith.test', company: 'Later' });
  await untilValid(changed.id);
  const seen = (await read(changed.id)).version;
  await call('DELETE', `/contacts/${erased.id}`);
  await eventually(async () => {
    const { printed } = await kith('erasures');
    expect(JSON.parse(printed)).toMatchObject({
      contactId: erased.id,
      confirmations: { 'verification-service': expect.any(String) },
    });
  });
  const lostList = await newList('Lost');
  const lost = await create(lostList, 'Lost', 'lost@timeout.kith.test');
  await eventually(async () => expect(await openChecks(lost.id)).toHaveLength(1));
  expect(await kith('repair-feed')).toMatchObject({ code: 1, said: expect.stringContaining('token-service') });

  await system.whileStopped(async () => {
    await query(server, `drop database "${name}" with (force)`);
    await query(server, `create database "${name}" template "${backup}"`);
    // The backup comes from a server that has seen more transactions than this one.
    for (const table of ['events', 'checkpoints']) {
      const later = `(transaction::text::bigint + 1000000000)::text::xid8`;
      await query(system.databases.contacts, `update ${table} set transaction = ${later}`);
    }
    const { said, printed, code } = await kith('repair-feed');
    expect({ said, code }).toEqual({ said: '', code: 0 });
    expect(printed).toContain('erasures carried out again: 1; contacts told anew: 1;');
    // No database knows this erasure. The ledger was exported before the databases were lost.
    const { id: contactId, workspaceId } = inLedger;
    const entry = { contactId, workspaceId, erasedAt: new Date().toISOString() };
    writeFileSync(ledger, `${JSON.stringify(entry)}\n`);
    const again = (await kith('repair-feed', '--erasures', ledger)).printed;
    expect(again).toContain('erasures carried out again: 1; contacts told anew: 0;');
    expect(again).toContain('contacts forgotten again: 1.');
  });

  const created = await create(list, 'New', 'new@kith.test');
  expect(created.id).toBeGreaterThan(lost.id);
  expect(await newList('New')).toBeGreaterThan(lostList);
  await untilValid(created.id);
  for (const { id } of [erased, inLedger]) expect((await call('GET', `/contacts/${id}`)).status).toBe(404);
  expect((await call('GET', `/contacts/${lost.id}`)).status).toBe(404);

  expect(await read(kept.id)).toEqual(before);
  await untilValid(changed.id);
  expect(await read(changed.id)).toMatchObject({ email: 'changed@kith.test', company: null });
  await call('PATCH', `/contacts/${changed.id}`, { email: 'again@kith.test' });
  await untilValid(changed.id);
  const told = await versionsTold(changed.id);
  expect(told.slice(told.lastIndexOf(seen) + 1)).toEqual(
    Array.from({ length: (await read(changed.id)).version - seen }, (_, n) => seen + 1 + n),
  );

  // The verdict on the lost contact arrives and changes no other contact.
  await query(system.databases.verification, 'update open_checks set deadline = now(), next_attempt_at = now()');
  await eventually(async () => expect(await openChecks(lost.id)).toEqual([]), { timeout: 30_000 });
  expect((await call('GET', `/contacts/${lost.id}`)).status).toBe(404);
  expect(await read(created.id)).toMatchObject({ emailStatus: 'valid' });
  expect(await system.checkRows()).toEqual({
    'contacts-service': { contact: [], list: [] },
    'token-service': { account: [], token: [] },
    'verification-service': { contact: [] },
  });
}, 180_000);

const openChecks = (contactId: number) =>
  query(system.databases.verification, 'select field from open_checks where contact_id = $1', [contactId]);
