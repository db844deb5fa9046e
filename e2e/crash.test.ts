import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually, lag, startSystem, type System } from '@kith/stack/testing';

import { chance } from './chance.ts';
import { type Call, client, type Reply } from './client.ts';
import { startSwallowing } from './swallow.ts';

const delay = promisify(setTimeout);

const CONTACTS = 200;
const AT_ONCE = 16;
const RANDOM_KILLS = 10;
/** Each kill takes about a second, so CI runs more of them than developers do. */
const KILLS = Number(process.env['KITH_KILLS'] ?? 10);

let system: System;
let token: string;
let call: Call;
beforeAll(async () => {
  system = await startSystem();
  ({ token } = await system.newTenant());
  call = client(system.gatewayUrl, token);
}, 120_000);
afterAll(async () => system[Symbol.asyncDispose](), 60_000);

test(`${CONTACTS} contacts are created exactly once while the service is killed ${RANDOM_KILLS} times`, async () => {
  const random = chance('crash');
  const { list, create, untilAnswered } = await keyedContacts(call, 'Crash');

  const answers = new Map<number, Reply>();
  let next = 0;
  const clients = Array.from({ length: AT_ONCE }, async () => {
    for (let key = next++; key < CONTACTS; key = next++) answers.set(key, await untilAnswered(key));
  });
  // Each kill interrupts work: it comes after a random number of answers and a random time.
  const moments = Array.from({ length: RANDOM_KILLS }, () => Math.floor(random(CONTACTS - 2 * AT_ONCE))).sort(
    (a, b) => a - b,
  );
  for (const moment of moments) {
    await eventually(() => expect(answers.size).toBeGreaterThanOrEqual(moment), { timeout: 60_000 });
    await delay(random(8));
    await system.restart('contacts-service', 'SIGKILL');
  }
  await Promise.all(clients);

  const statuses = new Set([...answers.values()].map(({ status }) => status));
  expect(statuses).toEqual(new Set([201]));
  const replayed = [...answers.values()].filter(({ headers }) => headers.has('idempotency-replayed')).length;
  process.stderr.write(`crash: ${replayed} contacts were stored by a process that did not live to answer\n`);

  const again = await Promise.all([...answers.keys()].map(async (key) => [key, await create(key)] as const));
  for (const [key, { status, data, headers }] of again) {
    expect({ status, data, replayed: headers.get('idempotency-replayed') }).toEqual({
      status: 201,
      data: answers.get(key)?.data,
      replayed: 'true',
    });
  }
  const ids = new Set([...answers.values()].map(({ data }) => (data as { id: number }).id));
  expect(ids.size).toBe(CONTACTS);
  expect(await totalOf(list)).toBe(CONTACTS);

  const { brokers, prefix } = system;
  await eventually(
    async () => {
      expect(await lag(brokers, `${prefix}.verification-service`, `${prefix}.contacts.v1`)).toBe(0);
      expect(await lag(brokers, `${prefix}.contacts-service`, `${prefix}.verification.v1`)).toBe(0);
      const statuses = await Promise.all([...ids].slice(0, 20).map((id) => call('GET', `/contacts/${id}`)));
      for (const { data } of statuses) expect(data).toMatchObject({ emailStatus: 'valid' });
    },
    { timeout: 60_000 },
  );
  await expectSoundRows();
}, 240_000);

test(
  `a contact exists once although its service is killed between the commit and the answer, ${KILLS} times`,
  async () => {
    await using line = await startSwallowing(system.contactsUrl);
    const gateway = await system.startGateway({ CONTACTS_URL: line.url });
    const { list, create, untilAnswered } = await keyedContacts(client(gateway, token), 'Between');

    for (let key = 0; key < KILLS; key++) {
      const silence = line.silence();
      const unheard = create(key);
      await silence.answered;
      await system.restart('contacts-service', 'SIGKILL');
      silence.end();
      expect((await unheard).status).toBe(503);
      const { status, headers } = await untilAnswered(key);
      expect({ key, status, replayed: headers.get('idempotency-replayed') }).toEqual({
        key,
        status: 201,
        replayed: 'true',
      });
    }
    expect(await totalOf(list)).toBe(KILLS);
    await expectSoundRows();
  },
  60_000 + KILLS * 6_000,
);

/** Creates a list, and prepares contacts for it, each with its own idempotency key. */
async function keyedContacts(by: Call, name: string) {
  const list = ((await by('POST', '/contact-lists', { name })).data as { id: number }).id;
  const create = (key: number) =>
    by(
      'POST',
      `/contact-lists/${list}/contacts`,
      { name: `Contact ${key}`, email: `contact-${key}@kith.test` },
      { 'idempotency-key': `${name}-${key}` },
    );
  async function untilAnswered(key: number): Promise<Reply> {
    for (;;) {
      const reply = await create(key);
      if (reply.status !== 503) return reply;
      await delay(10);
    }
  }
  return { list, create, untilAnswered };
}

async function totalOf(list: number): Promise<number> {
  const { text } = await call('GET', `/contact-lists/${list}/contacts`);
  return (JSON.parse(text) as { meta: { total: number } }).meta.total;
}

async function expectSoundRows(): Promise<void> {
  expect(await system.checkRows()).toEqual({
    'contacts-service': { contact: [], list: [] },
    'token-service': { account: [], token: [] },
    'verification-service': { contact: [] },
  });
}
