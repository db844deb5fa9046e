import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  eventually,
  lag,
  loseMessages,
  type Message,
  query,
  readMessages,
  sendAgain,
  startSystem,
  type System,
} from '@kith/stack/testing';

import { type Call, client } from './client.ts';

const UNTIL_TOLD = { timeout: 30_000 };

let system: System;
let call: Call;
beforeAll(async () => {
  // This is ten minutes in production.
  system = await startSystem({ env: { OVERDUE_AFTER: '1' } });
  call = client(system.gatewayUrl, (await system.newTenant()).token);
}, 120_000);
afterAll(async () => system[Symbol.asyncDispose](), 60_000);

const topic = (of: 'contacts' | 'verification') => `${system.prefix}.${of}.v1`;
const unread = (group: string, of: 'contacts' | 'verification') =>
  lag(system.brokers, `${system.prefix}.${group}`, topic(of));

async function newContact(name: string): Promise<number> {
  const body = { name, email: `${name}@kith.test`, phone: '+14155552671' };
  return ((await call('POST', '/contacts', body)).data as { id: number }).id;
}
async function erased(name: string): Promise<number> {
  const id = await newContact(name);
  expect((await call('DELETE', `/contacts/${id}`)).status).toBe(200);
  return id;
}

const settled = async (id: number) =>
  expect((await call('GET', `/contacts/${id}`)).data).toMatchObject({ emailStatus: 'valid', phoneStatus: 'valid' });
const confirmed = async (id: number) =>
  expect(
    await query(system.databases.contacts, `select from erasures where contact_id = $1 and confirmed_at is not null`, [
      id,
    ]),
  ).toHaveLength(1);
const toldAgain = (id: number) =>
  expect(system.logs()).toMatch(new RegExp(`"contactId":${id},"version".*published again`));

/**
 * Freezes a service, which reads on when this is disposed of. A copy of an old message answers its pending request to Kafka, so nothing
 * that is published from now on has reached it.
 */
async function frozen(name: 'contacts-service' | 'verification-service', reads: 'contacts' | 'verification') {
  await eventually(async () => expect(await unread(name, reads)).toBe(0));
  const [old] = await readMessages(system.brokers, [topic(reads)]);
  const pid = system.processes[name]!;
  process.kill(pid, 'SIGSTOP');
  await sendAgain(system.brokers, [old!]);
  return { [Symbol.dispose]: () => process.kill(pid, 'SIGCONT') };
}

test('contacts and erasures that Kafka loses before verification-service has read them are checked and forgotten all the same', async () => {
  const first = await newContact('first');
  await eventually(() => settled(first), UNTIL_TOLD);
  let contact: number;
  let gone: number;
  {
    using _ = await frozen('verification-service', 'contacts');
    [contact, gone] = [await newContact('unread'), await erased('unread-and-erased')];
    // The topic holds a copy, two creations and an erasure.
    await eventually(async () => expect(await unread('verification-service', 'contacts')).toBeGreaterThanOrEqual(4));
    await loseMessages(system.brokers, topic('contacts'));
  }
  await eventually(() => settled(contact), UNTIL_TOLD);
  await eventually(() => confirmed(gone), UNTIL_TOLD);
  for (const id of [contact, gone]) toldAgain(id);
}, 120_000);

test('verdicts and confirmations that Kafka loses before contacts-service has read them arrive all the same', async () => {
  let contact: number;
  let gone: number;
  {
    using verification = await frozen('verification-service', 'contacts');
    [contact, gone] = [await newContact('unanswered'), await erased('unanswered-and-erased')];
    await eventually(async () => expect(await unread('verification-service', 'contacts')).toBeGreaterThanOrEqual(4));
    using _ = await frozen('contacts-service', 'verification');
    verification[Symbol.dispose]();
    const about = (id: number, messages: readonly Message[]) => messages.filter(({ key }) => key === String(id));
    await eventually(async () => {
      const answers = await readMessages(system.brokers, [topic('verification')]);
      expect(about(contact, answers)).toHaveLength(2);
      expect(about(gone, answers).map(({ headers }) => headers['ce_type'])).toContain('SubjectErasureConfirmed');
    }, UNTIL_TOLD);
    await loseMessages(system.brokers, topic('verification'));
  }
  await eventually(() => settled(contact), UNTIL_TOLD);
  await eventually(() => confirmed(gone), UNTIL_TOLD);
  for (const id of [contact, gone]) toldAgain(id);
  expect(await system.checkRows()).toEqual({
    'contacts-service': { contact: [], list: [] },
    'token-service': { account: [], token: [] },
    'verification-service': { contact: [] },
  });
}, 120_000);
