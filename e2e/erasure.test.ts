import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  eventually,
  everyRow,
  lag,
  type Message,
  query,
  readMessages,
  sendAgain,
  serverLogs,
  startSystem,
  type System,
} from '@kith/stack/testing';

import { canariesOf, canaryFinder, namedAfter, person, type Person } from './canaries.ts';
import { type Call, client } from './client.ts';

const before = person('Quixotrope', '+44 7911 123456');
const after = { ...person('Vexillarium', '+44 7700 900 183'), timezone: 'Pacific/Nauru', dateOfBirth: '1932-08-30' };
const canariesIn = canaryFinder([before, after]);

let system: System;
let call: Call;
beforeAll(async () => {
  system = await startSystem();
  call = client(system.gatewayUrl, (await system.newTenant()).token);
}, 120_000);
afterAll(async () => system[Symbol.asyncDispose](), 60_000);

const topics = () => ['contacts', 'verification', 'tokens'].map((name) => `${system.prefix}.${name}.v1`);

/** Finds the places that mention these people: tables, including the server's own, topics and logs. */
async function traces(): Promise<string[]> {
  const rows = (await Promise.all(Object.values(system.databases).map(everyRow))).flat();
  const messages = await readMessages(system.brokers, topics());
  const places = [
    ...rows.map(({ table, row }) => [`table ${table}`, row] as const),
    // The body of a message may mention them until it is seven days old.
    ...messages.map(({ topic, key, headers }) => [topic, JSON.stringify({ key, headers })] as const),
    ['the logs of the services', system.logs()] as const,
    ['the logs of PostgreSQL and Kafka', serverLogs()] as const,
  ];
  const found = places.flatMap(([place, text]) => canariesIn(text).map((canary) => `${canary} in ${place}`));
  return [...new Set(found)];
}

async function newList(): Promise<number> {
  return ((await call('POST', '/contact-lists', { name: 'Erasure' })).data as { id: number }).id;
}

/** Creates a contact. `nth` tells the requests about one person apart. */
async function newContact(list: number, who: Person, nth = 0): Promise<number> {
  const named = namedAfter(who, nth);
  const reply = await call('POST', `/contact-lists/${list}/contacts`, who, named);
  expect(reply.status).toBe(201);
  expect(reply.headers.get('x-request-id')).toBe(named['x-request-id']);
  return (reply.data as { id: number }).id;
}

/** Searches for a person by every searchable field, and passes the person on the way to the next page. */
async function lookFor(list: number, who: Person): Promise<void> {
  const page = (query: Record<string, string>) => {
    const asked = new URLSearchParams({ sort: 'email', per_page: '1', ...query }).toString();
    return call('GET', `/contact-lists/${list}/contacts?${asked}`, undefined, namedAfter(who));
  };
  for (const search of [who.name, who.email, who.phone]) expect((await page({ search })).status).toBe(200);
  const { meta } = JSON.parse((await page({})).text) as { meta: { next_cursor: string } };
  expect((await page({ cursor: meta.next_cursor })).status).toBe(200);
}

/** Makes the server collect statistics of every table for its planner, as autovacuum does sooner or later. */
async function analyze(): Promise<void> {
  await Promise.all(Object.values(system.databases).map((url) => query(url, 'analyze')));
}

const unconfirmed = async (ids: readonly number[]) =>
  query<{ id: string }>(
    system.databases.contacts,
    `select id from unnest($1::bigint[]) id left join erasures on contact_id = id where confirmed_at is null`,
    [ids],
  );

/** Resolves when both services have handled everything that the topics hold. */
async function quiet(): Promise<void> {
  const { brokers, prefix } = system;
  await eventually(
    async () => {
      expect(await lag(brokers, `${prefix}.verification-service`, `${prefix}.contacts.v1`)).toBe(0);
      expect(await lag(brokers, `${prefix}.contacts-service`, `${prefix}.verification.v1`)).toBe(0);
    },
    { timeout: 30_000 },
  );
}

const settled = (id: number) =>
  eventually(async () => {
    const { data } = await call('GET', `/contacts/${id}`);
    expect(Object.values(data)).not.toContain('pending');
  });

test('nothing of a deleted contact is left in any table, statistic, log line, message key or header, and nothing brings it back', async () => {
  const list = await newList();
  // The server keeps no statistics for a single row.
  for (const name of ['Zaharoff', 'Zenobia'])
    await call('POST', `/contact-lists/${list}/contacts`, { name, email: `${name}@kith.test` });
  const id = await newContact(list, before);
  await settled(id);
  await lookFor(list, before);
  expect((await call('PATCH', `/contacts/${id}`, after, namedAfter(after))).status).toBe(200);
  await settled(id);
  await lookFor(list, after);
  await analyze();

  // The search itself works: the row holds every value, the statistics hold the searched text, and so do the messages.
  expect(await traces()).toEqual(
    expect.arrayContaining([
      ...canariesOf(after).map((canary) => `${canary} in table contacts`),
      ...[after.name, after.email, after.phone].map((canary) => `${canary} in table pg_statistic`),
    ]),
  );
  const told = await readMessages(system.brokers, topics());
  expect(canariesIn(told.map(({ value }) => value).join('\n'))).toEqual(expect.arrayContaining(canariesOf(before)));

  expect((await call('DELETE', `/contacts/${id}`, undefined, namedAfter(after))).status).toBe(200);
  expect((await call('GET', `/contacts/${id}`)).status).toBe(404);
  await eventually(async () => expect(await unconfirmed([id])).toEqual([]));
  expect(await traces()).toEqual([]);

  await sendAgain(system.brokers, told.filter(isOf(id)));
  await quiet();
  expect((await call('GET', `/contacts/${id}`)).status).toBe(404);
  const retried = await call('POST', `/contact-lists/${list}/contacts`, before, namedAfter(before));
  expect(retried.status).toBe(410);
  await analyze();
  expect(await traces()).toEqual([]);
}, 120_000);

test('nothing is left of contacts deleted while they are being checked', async () => {
  const list = await newList();
  const ids = await Promise.all(
    Array.from({ length: 30 }, async (_, index) => {
      const id = await newContact(list, index % 2 ? before : after, 1 + index);
      expect((await call('DELETE', `/contacts/${id}`)).status).toBe(200);
      return id;
    }),
  );
  await eventually(async () => expect(await unconfirmed(ids)).toEqual([]), { timeout: 30_000 });
  await quiet();
  const told = await readMessages(system.brokers, topics());
  await sendAgain(
    system.brokers,
    told.filter((message) => ids.some((id) => isOf(id)(message))),
  );
  await quiet();

  const reads = await Promise.all(ids.map((id) => call('GET', `/contacts/${id}`)));
  expect(new Set(reads.map(({ status }) => status))).toEqual(new Set([404]));
  expect(await traces()).toEqual([]);
  expect(JSON.parse((await call('GET', `/contact-lists/${list}/contacts`)).text)).toMatchObject({ meta: { total: 0 } });
  expect(await system.checkRows()).toEqual({
    'contacts-service': { contact: [], list: [] },
    'token-service': { account: [], token: [] },
    'verification-service': { contact: [] },
  });
}, 120_000);

test('nothing is left of contacts whose messages were set aside in the very chunk that brought the erasure', async () => {
  const list = await newList();
  const id = await newContact(list, before, 100);
  await settled(id);
  const topic = `${system.prefix}.contacts.v1`;
  const told = async () => (await readMessages(system.brokers, [topic])).filter(isOf(id));
  const [created] = await told();

  const verification = system.processes['verification-service']!;
  process.kill(verification, 'SIGSTOP');
  try {
    // Messages queue behind an unreadable message of their key. An erasure does not.
    await sendAgain(system.brokers, [{ ...created!, value: `{"name": "${after.name}` }]);
    expect((await call('PATCH', `/contacts/${id}`, after)).status).toBe(200);
    expect((await call('DELETE', `/contacts/${id}`)).status).toBe(200);
    await eventually(async () => {
      expect((await told()).map(({ headers }) => headers['ce_type'])).toContain('ContactErased');
    });
  } finally {
    process.kill(verification, 'SIGCONT');
  }
  await eventually(async () => expect(await unconfirmed([id])).toEqual([]), { timeout: 30_000 });
  await quiet();
  expect(await traces()).toEqual([]);
}, 120_000);

const isOf =
  (id: number) =>
  ({ key }: Message) =>
    key === String(id);
