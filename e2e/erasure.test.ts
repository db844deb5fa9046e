import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  eventually,
  everyRow,
  lag,
  type Message,
  query,
  readMessages,
  sendAgain,
  startSystem,
  type System,
} from '@kith/stack/testing';

import { type Call, client } from './client.ts';

/** Somebody who is recognised by every field; `mark` tells one of them from another. */
const person = (mark: string, phone: string) => ({
  name: `Name${mark}`,
  firstName: `First${mark}`,
  lastName: `Last${mark}`,
  email: `Mail${mark}@kith.test`,
  phone,
  company: `Company${mark}`,
  jobTitle: `Job${mark}`,
  website: `https://web${mark}.kith.test/`,
  address: {
    line1: `Line1${mark}`,
    line2: `Line2${mark}`,
    city: `City${mark}`,
    region: `Region${mark}`,
    postalCode: `Code${mark}`,
    country: 'TV',
  },
  timezone: 'Pacific/Funafuti',
  dateOfBirth: '1931-07-29',
  gender: `Gender${mark}`,
  source: `Source${mark}`,
  note: `Note${mark}`,
});
const before = person('Quixotrope', '+44 7911 123456');
const after = { ...person('Vexillarium', '+44 7700 900 183'), timezone: 'Pacific/Nauru', dateOfBirth: '1932-08-30' };

/** What every field of a person says, and a telephone number as the digits it means. */
function canariesOf({ address: { country: _, ...address }, ...fields }: typeof before): string[] {
  return [...Object.values(fields), ...Object.values(address), fields.phone.replaceAll(/\D/g, '')];
}
const CANARIES = [before, after].flatMap(canariesOf);

/** How each would read in clear, in lower case, in hex, and in base64 wherever in a longer text it stands. */
const spellings = (canary: string) =>
  [canary, canary.toLowerCase()].flatMap((text) => {
    const bytes = Buffer.from(text);
    const inBase64 = [0, 1, 2].map((shift) => {
      const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .replace(/=+$/, '');
      // What shares a character with its neighbours is left out.
      const [first, last] = [Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6)];
      return encoded.slice(first, last);
    });
    return [
      text,
      bytes.toString('hex'),
      ...inBase64,
      ...inBase64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ];
  });
const SPELLINGS = new Map(CANARIES.map((canary) => [canary, [...new Set(spellings(canary))]]));

const canariesIn = (text: string) =>
  [...SPELLINGS].flatMap(([canary, spellings]) =>
    spellings.some((spelling) => text.includes(spelling)) ? [canary] : [],
  );

let system: System;
let call: Call;
beforeAll(async () => {
  system = await startSystem();
  call = client(system.gatewayUrl, (await system.newTenant()).token);
}, 120_000);
afterAll(async () => system[Symbol.asyncDispose](), 60_000);

const topics = () => ['contacts', 'verification', 'tokens'].map((name) => `${system.prefix}.${name}.v1`);

/** Where somebody is found: in which table, on which topic, in the logs. */
async function traces(): Promise<string[]> {
  const rows = (await Promise.all(Object.values(system.databases).map(everyRow))).flat();
  const messages = await readMessages(system.brokers, topics());
  const places = [
    ...rows.map(({ table, row }) => [`table ${table}`, row] as const),
    // What a message says may stand there until it is seven days old.
    ...messages.map(({ topic, key, headers }) => [topic, JSON.stringify({ key, headers })] as const),
    ...system
      .logs()
      .split('\n')
      .map((line) => ['log', line] as const),
  ];
  return places.flatMap(([place, text]) => canariesIn(text).map((canary) => `${canary} in ${place}`));
}

async function newList(): Promise<number> {
  return ((await call('POST', '/contact-lists', { name: 'Erasure' })).data as { id: number }).id;
}

async function newContact(list: number, body: object, key: string): Promise<number> {
  const reply = await call('POST', `/contact-lists/${list}/contacts`, body, { 'idempotency-key': key });
  expect(reply.status).toBe(201);
  return (reply.data as { id: number }).id;
}

const unconfirmed = async (ids: readonly number[]) =>
  query<{ id: string }>(
    system.databases.contacts,
    `select id from unnest($1::bigint[]) id left join erasures on contact_id = id where confirmed_at is null`,
    [ids],
  );

/** Both services have handled all that the topics hold. */
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

test('of a deleted contact nothing is left in any table, log line, message key or header; nothing brings it back', async () => {
  const list = await newList();
  const id = await newContact(list, before, 'erased');
  await eventually(async () => {
    expect((await call('GET', `/contacts/${id}`)).data).toMatchObject({ emailStatus: 'valid', phoneStatus: 'valid' });
  });
  expect((await call('PATCH', `/contacts/${id}`, after)).status).toBe(200);
  await eventually(async () => {
    const { data } = await call('GET', `/contacts/${id}`);
    expect(Object.values(data)).not.toContain('pending');
  });

  // What is searched for can be found: the row says it all, and so do the messages.
  expect(await traces()).toEqual(
    expect.arrayContaining(canariesOf(after).map((canary) => `${canary} in table contacts`)),
  );
  const told = await readMessages(system.brokers, topics());
  expect(canariesIn(told.map(({ value }) => value).join('\n'))).toEqual(expect.arrayContaining(canariesOf(before)));

  expect((await call('DELETE', `/contacts/${id}`)).status).toBe(200);
  expect((await call('GET', `/contacts/${id}`)).status).toBe(404);
  await eventually(async () => expect(await unconfirmed([id])).toEqual([]));
  expect(await traces()).toEqual([]);

  await sendAgain(system.brokers, told.filter(isOf(id)));
  await quiet();
  expect((await call('GET', `/contacts/${id}`)).status).toBe(404);
  const retried = await call('POST', `/contact-lists/${list}/contacts`, before, { 'idempotency-key': 'erased' });
  expect(retried.status).toBe(410);
  expect(await traces()).toEqual([]);
}, 120_000);

test('nor of those deleted while they are being checked', async () => {
  const list = await newList();
  const keys = Array.from({ length: 30 }, (_, index) => `at once ${index}`.replaceAll(' ', '-'));
  const ids = await Promise.all(
    keys.map(async (key, index) => {
      const id = await newContact(list, index % 2 ? before : after, key);
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

const isOf =
  (id: number) =>
  ({ key }: Message) =>
    key === String(id);
