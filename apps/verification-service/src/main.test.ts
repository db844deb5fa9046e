import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type Contact,
  type ContactsEvent,
  contactsTopic,
  type VerificationEvent,
  verificationTopic,
} from '@kith/contracts';
import { connectKafka, consume, type Incoming, type Outgoing, produce } from '@kith/kafka';
import { startDns } from '@kith/stack';
import { eventually, testDatabase, testTopics } from '@kith/stack/testing';

const WORKSPACE = 'ws_00000000000000000000000001';
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

test('what is told of a contact comes back as a verdict on each of its values, once, and nothing of them is logged', async () => {
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
  const told = Object.fromEntries(ofAda.map(({ event: { data } }) => [data.field, data]));
  expect(told).toMatchObject({
    email: { contactId: 1, workspaceId: WORKSPACE, valueVersion: 1, status: 'valid', reasons: [] },
    phone: {
      contactId: 1,
      workspaceId: WORKSPACE,
      valueVersion: 1,
      status: 'invalid',
      reasons: ['not_a_valid_number'],
    },
  });
  expect(told['email']).not.toHaveProperty('evidence');
  expect(verified.find(({ key }) => key === '2')?.event.data).toMatchObject({
    status: 'invalid',
    reasons: ['null_mail_exchanger'],
  });

  expect(await service.stop()).toBe(0);
  expect(service.output()).not.toMatch(/ada@|bob@|5551234567/);
});

test('it starts, and stays ready, while Kafka is away', async () => {
  await using service = await start({ ...environment, KAFKA_BROKERS: '127.0.0.1:1' });
  expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  expect(await service.stop()).toBe(0);
});

test('it does not start with name servers that nobody could ask, and says so', async () => {
  const child = run({ ...environment, DNS_SERVERS: 'dns.example:53' });
  expect(await child.exited).not.toBe(0);
  expect(child.output()).toContain('at DNS_SERVERS');
});

function run(env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env });
  let output = '';
  child.stdout?.on('data', (data) => (output += String(data)));
  child.stderr?.on('data', (data) => (output += String(data)));
  return { child, output: () => output, exited: once(child, 'exit').then(([code]) => code as number | null) };
}

async function start(env: Record<string, string>) {
  const { child, output, exited } = run(env);
  const url = await eventually(
    () => {
      const address = /Server listening at (http:[^"]+)/.exec(output())?.[1];
      if (!address) throw new Error(`Not listening:\n${output()}`);
      return address;
    },
    { timeout: 20_000 },
  );
  return {
    url,
    output,
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function created(contactId: number, { email, phone = null }: { email: string; phone?: string | null }) {
  const contact: Contact = {
    id: contactId,
    workspaceId: WORKSPACE,
    name: 'Ada',
    firstName: 'Ada',
    lastName: null,
    email,
    emailStatus: 'pending',
    phone,
    phoneE164: phone,
    phoneStatus: phone === null ? null : 'pending',
    company: null,
    jobTitle: null,
    website: null,
    address: null,
    timezone: null,
    dateOfBirth: null,
    gender: null,
    source: null,
    note: null,
    lists: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    version: 1,
  };
  const valueVersions = { email: 1, phone: phone === null ? null : 1 };
  return {
    key: String(contactId),
    id: randomUUID(),
    source: '/kith/contacts-service',
    subject: `contacts/${contactId}`,
    time: new Date(),
    sequence: 1,
    event: { type: 'ContactCreated', data: { contactId, workspaceId: WORKSPACE, contact, valueVersions } },
  } satisfies Outgoing<ContactsEvent>;
}
