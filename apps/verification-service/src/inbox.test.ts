import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { INTERNAL_KEY_HEADER } from '@kith/contracts';
import { type ContactsEvent, contactsTopic } from '@kith/contracts/topics';
import type { Outgoing } from '@kith/kafka';
import {
  eventually,
  everyRow,
  lag,
  query,
  sendAgain,
  startNetwork,
  testDatabase,
  testTopics,
} from '@kith/stack/testing';

import { start } from './process.fixture.ts';
import { changed, created, erased, statusChanged, WORKSPACE } from './published.fixture.ts';

const INTERNAL_KEY = 'an internal key of at least 32 characters';
const CANARIES = ['quixotrope', 'vexillarium', 'kanarienvogel'];

let resources: AsyncDisposableStack;
let database: Awaited<ReturnType<typeof testDatabase>>;
let topics: Awaited<ReturnType<typeof testTopics>>;
let environment: Record<string, string>;
beforeAll(async () => {
  resources = new AsyncDisposableStack();
  database = resources.use(await testDatabase());
  topics = resources.use(await testTopics());
  environment = {
    PORT: '0',
    HOST: '127.0.0.1',
    METRICS_PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: topics.brokers.join(','),
    KAFKA_TOPIC_PREFIX: topics.prefix,
    INTERNAL_KEY,
    CONTACTS_URL: 'http://127.0.0.1:9',
    DNS_SERVERS: '127.0.0.1:9',
  };
});
afterAll(async () => resources.disposeAsync());

/** Sends messages to one partition; a given value replaces the message's own. */
async function send(...messages: (Outgoing<ContactsEvent> | readonly [Outgoing<ContactsEvent>, string])[]) {
  const topic = `${topics.prefix}.${contactsTopic.name}`;
  const raw = messages.map((given) => {
    const [message, value] = 'event' in given ? [given, JSON.stringify(given.event.data)] : given;
    const { key, id, source, subject, time, sequence, event } = message;
    const headers = {
      ce_specversion: '1.0',
      ce_id: id,
      ce_source: source,
      ce_subject: subject,
      ce_type: event.type,
      ce_time: time.toISOString(),
      ce_sequence: String(sequence),
    };
    return { topic, partition: 0, offset: '', key, headers, value };
  });
  await sendAgain(topics.brokers, raw);
}

const allHandled = () =>
  eventually(
    async () => {
      const { brokers, prefix } = topics;
      expect(await lag(brokers, `${prefix}.verification-service`, `${prefix}.${contactsTopic.name}`)).toBe(0);
    },
    { timeout: 20_000 },
  );
const parked = () => query<{ key: string }>(database.url, `select key, reason from parked_messages`);

/** Plays contacts-service: it answers the events of a contact after a version. */
async function contactsService(events: (contactId: number) => readonly Outgoing<ContactsEvent>[], port = 0) {
  const requests: string[] = [];
  const server = createServer(({ url = '', headers }, response: ServerResponse) => {
    requests.push(url);
    const [, id, after] = /^\/contacts\/(\d+)\/events\?after=(\d+)$/.exec(url) ?? [];
    const known = id !== undefined && headers[INTERNAL_KEY_HEADER] === INTERNAL_KEY;
    const missed = known ? events(Number(id)).filter(({ sequence }) => sequence > Number(after)) : [];
    response.writeHead(known ? 200 : 401).end(JSON.stringify(missed));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const failures = (output: string) => output.match(/a handler failed|is away/g)?.length ?? 0;
const isReady = async (url: string) => (await fetch(`${url}/readyz`)).ok;

test('no message of an erased contact is parked, whether it arrives with the erasure or after it', async () => {
  const id = 7;
  const [first, second, third] = CANARIES.map((canary) => `${canary}@kith.test`) as [string, string, string];
  const shell = (version: number): Outgoing<ContactsEvent> => ({
    ...changed(id, version, null),
    event: { type: 'ContactChanged', data: { contactId: id, workspaceId: WORKSPACE } },
  });
  const unreadable = [changed(id, 2, second), `{"email":"${second}`] as const;
  // All messages are there before the service starts, so that one fetch brings them.
  await send(created(id, { email: first }), unreadable, changed(id, 3, third), erased(id, 4), unreadable);

  await using owner = await contactsService(() => [shell(2), shell(3), erased(id, 4)]);
  await using service = await start({ ...environment, CONTACTS_URL: owner.url });
  await allHandled();
  expect(await parked()).toEqual([]);

  await send(unreadable, changed(id, 3, third), [erased(id, 4), `{"was":"${third}`]);
  await allHandled();
  expect(await parked()).toEqual([]);

  const rows = (await everyRow(database.url)).map(({ row }) => row.toLowerCase()).join('\n');
  for (const canary of CANARIES) {
    expect(rows).not.toContain(canary);
    expect(service.output().toLowerCase()).not.toContain(canary);
  }
  await service.stop();
});

test('the service is not ready while its database is away, and parks no message', async () => {
  await using network = await startNetwork(database.url);
  const ids = [101, 102, 103, 104];
  const phone = { phone: '+15551234567' };
  // The database goes away in the middle of a chunk: after the read of the parking lot, before any write.
  let outages = 0;
  await using owner = await contactsService((id) => {
    if (outages++ === 0) network.close();
    return [created(id, phone), statusChanged(id, 2)];
  });
  await using service = await start({ ...environment, DATABASE_URL: network.url, CONTACTS_URL: owner.url });
  await eventually(async () => expect(await isReady(service.url)).toBe(true));
  await send(statusChanged(ids[0]!, 2), ...ids.slice(1).map((id) => created(id, phone)));

  // The failures outnumber the tries that a message at fault gets, in its chunk and alone.
  await eventually(() => expect(failures(service.output())).toBeGreaterThan(8), { timeout: 25_000 });
  expect(await isReady(service.url)).toBe(false);
  network.open();

  await allHandled();
  expect(await parked()).toEqual([]);
  await eventually(async () => {
    const known = await query(database.url, `select id::int from verdicts where id = any($1) order by id`, [ids]);
    expect(known).toEqual(ids.map((id) => ({ id })));
    expect(await isReady(service.url)).toBe(true);
  });
  await service.stop();
}, 60_000);

test('a gap waits for contacts-service while it is away, and shows in readiness', async () => {
  const events = () => [created(201, { phone: '+15551234567' }), statusChanged(201, 2)];
  const before = await contactsService(events);
  await before[Symbol.asyncDispose]();
  await using service = await start({ ...environment, CONTACTS_URL: before.url });
  await send(statusChanged(201, 2));
  await eventually(() => expect(failures(service.output())).toBeGreaterThan(3), { timeout: 20_000 });
  expect(await isReady(service.url)).toBe(false);
  expect(await parked()).toEqual([]);

  await using _again = await contactsService(events, before.port);
  await allHandled();
  await eventually(async () => expect(await isReady(service.url)).toBe(true));
  expect(await query(database.url, `select applied_version from applied_versions where contact_id = 201`)).toEqual([
    { applied_version: 2 },
  ]);
  expect(await parked()).toEqual([]);
}, 60_000);
