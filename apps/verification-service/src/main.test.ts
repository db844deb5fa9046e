import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { INTERNAL_KEY_HEADER } from '@kith/contracts';
import { contactsTopic, type VerificationEvent, verificationTopic } from '@kith/contracts/topics';
import { connectKafka, consume, type Incoming, produce } from '@kith/kafka';
import { startDns } from '@kith/stack';
import { eventually, testDatabase, testTopics } from '@kith/stack/testing';

import { run, start } from './process.fixture.ts';
import { created, erased, statusChanged, WORKSPACE } from './published.fixture.ts';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

let resources: AsyncDisposableStack;
let environment: Record<string, string>;
let topics: Awaited<ReturnType<typeof testTopics>>;
beforeAll(async () => {
  resources = new AsyncDisposableStack();
  const database = resources.use(await testDatabase());
  const dns = resources.use(await startDns({ forwardTo: [] }));
  topics = resources.use(await testTopics());
  environment = {
    PORT: '0',
    HOST: '127.0.0.1',
    METRICS_PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: topics.brokers.join(','),
    KAFKA_TOPIC_PREFIX: topics.prefix,
    INTERNAL_KEY: 'an internal key of at least 32 characters',
    CONTACTS_URL: 'http://127.0.0.1:9',
    DNS_SERVERS: dns.address,
  };
});
afterAll(async () => resources.disposeAsync());

test('a published contact gets one verdict on each of its values, and its erasure is confirmed; no value is logged', async () => {
  const kafka = connectKafka({ brokers: topics.brokers, prefix: topics.prefix, clientId: 'test', log: SILENT });
  const verified: Incoming<VerificationEvent>[] = [];
  await using service = await start(environment);
  await using producer = await produce(kafka, contactsTopic);
  await using _consumer = await consume(kafka, {
    group: 'test',
    topic: verificationTopic,
    handle: async (messages) => verified.push(...messages),
  });

  const ada = created(1, { email: 'ada@kith.test', phone: '+15551234567' });
  await producer.send([ada, ada, created(2, { email: 'bob@nullmx.kith.test' }), ada]);

  await eventually(() => expect(verified).toHaveLength(3), { timeout: 30_000 });
  const ofAda = verified.filter(({ key }) => key === '1');
  expect(ofAda.map(({ sequence }) => sequence)).toEqual([1, 2]);
  const byField = Object.fromEntries(ofAda.map(({ event: { data } }) => ['field' in data && data.field, data]));
  expect(byField).toMatchObject({
    email: { contactId: 1, workspaceId: WORKSPACE, valueVersion: 1, status: 'valid', reasons: [] },
    phone: {
      contactId: 1,
      workspaceId: WORKSPACE,
      valueVersion: 1,
      status: 'invalid',
      reasons: ['not_a_valid_number'],
    },
  });
  expect(byField['email']).not.toHaveProperty('evidence');
  expect(verified.find(({ key }) => key === '2')?.event.data).toMatchObject({
    status: 'invalid',
    reasons: ['null_mail_exchanger'],
  });

  await producer.send([erased(2, 2)]);
  await eventually(() => expect(verified).toHaveLength(4));
  expect(verified[3]).toMatchObject({
    key: '2',
    sequence: 2,
    event: { type: 'SubjectErasureConfirmed', data: { contactId: 2, workspaceId: WORKSPACE } },
  });

  expect(await service.stop()).toBe(0);
  expect(service.output()).not.toMatch(/ada@|bob@|5551234567/);
});

test('events that the topic has lost are fetched from contacts-service, with the internal key', async () => {
  const kafka = connectKafka({ brokers: topics.brokers, prefix: topics.prefix, clientId: 'test', log: SILENT });
  const verified: Incoming<VerificationEvent>[] = [];
  const lost = created(3, { email: 'eve@kith.test' });
  const owner = createServer(({ url, headers }, response) => {
    const known = url === '/contacts/3/events?after=0' && headers[INTERNAL_KEY_HEADER] === environment['INTERNAL_KEY'];
    const later = { id: randomUUID(), sequence: 2, event: { type: 'OfALaterRelease', data: { contactId: 3 } } };
    response.writeHead(known ? 200 : 401).end(JSON.stringify([lost, later, statusChanged(3, 3)]));
  });
  owner.listen(0, '127.0.0.1');
  await once(owner, 'listening');
  resources.defer(() => void owner.close());

  const { port } = owner.address() as AddressInfo;
  await using _service = await start({ ...environment, CONTACTS_URL: `http://127.0.0.1:${port}` });
  await using producer = await produce(kafka, contactsTopic);
  await using _consumer = await consume(kafka, {
    group: 'test-of-a-gap',
    topic: verificationTopic,
    handle: async (messages) => verified.push(...messages.filter(({ key }) => key === '3')),
  });
  await producer.send([statusChanged(3, 3)]);

  await eventually(() => expect(verified).toHaveLength(1), { timeout: 30_000 });
  expect(verified[0]?.event.data).toMatchObject({ field: 'email', valueVersion: 1, status: 'valid' });
});

test('the service starts and stays ready while Kafka is away', async () => {
  await using service = await start({ ...environment, KAFKA_BROKERS: '127.0.0.1:1' });
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  expect(await service.stop()).toBe(0);
});

test('the service does not start with a name server that is no address, and names the variable', async () => {
  const child = run({ ...environment, DNS_SERVERS: 'dns.example:53' });
  expect(await child.exited).not.toBe(0);
  expect(child.output()).toContain('at DNS_SERVERS');
});
