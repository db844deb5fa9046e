import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, jest, test } from '@jest/globals';
import { emptyProfile } from '@kith/contracts/contacts';
import { eventually, testTopics } from '@kith/stack/testing';
import { Kafka, logLevel, type Message, Partitioners } from 'kafkajs';

jest.setTimeout(60_000);

const ids = { contactId: 1, workspaceId: `ws_${'0'.repeat(26)}` };
const at = '2026-11-21T08:00:00.000Z';
const contact = {
  ...emptyProfile,
  id: 1,
  workspaceId: ids.workspaceId,
  name: 'Ada',
  email: 'ada@example.com',
  emailStatus: 'pending',
  phoneE164: null,
  phoneStatus: null,
  lists: [7],
  createdAt: at,
  updatedAt: at,
  version: 1,
};

const message = (type: string, sequence: number, data: object): Message => ({
  key: '1',
  value: JSON.stringify(data),
  headers: { ce_type: type, ce_subject: 'contacts/1', ce_sequence: String(sequence) },
});

test('A subscriber prints a line for each event of a contact, skips a copy, names a gap, and ends on Ctrl-C', async () => {
  await using resources = new AsyncDisposableStack();
  const { brokers, prefix } = resources.use(await testTopics());
  const home = await mkdtemp(join(tmpdir(), 'kith-subscriber-'));
  resources.defer(() => rm(home, { recursive: true }));
  await writeFile(
    join(home, 'system.json'),
    JSON.stringify({ kafkaBrokers: brokers, topics: { contacts: `${prefix}.contacts.v1` } }),
  );

  const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  resources.defer(() => producer.disconnect());
  const tell = (topic: string, ...messages: Message[]) => producer.send({ topic: `${prefix}.${topic}`, messages });
  await tell(
    'contacts.v1',
    message('ContactCreated', 1, { ...ids, contact, valueVersions: { email: 1, phone: null } }),
    message('ContactReborn', 2, {}),
    { key: '1', value: 'no JSON', headers: { ce_type: 'ContactCreated' } },
    message('ContactStatusChanged', 3, {
      ...ids,
      field: 'email',
      status: 'valid',
      previousStatus: 'pending',
      valueVersion: 1,
      reasons: [],
    }),
    message('ContactListed', 3, { ...ids, listId: 9 }),
    message('ContactErased', 5, ids),
  );
  await tell(
    'verification.v1',
    message('StatusVerified', 1, {
      ...ids,
      field: 'email',
      valueVersion: 1,
      status: 'valid',
      reasons: ['mx'],
      checkedAt: at,
    }),
  );

  const { KAFKA_BROKERS: _given, ...env } = process.env;
  const subscriber = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...env, KITH_HOME: home, INIT_CWD: '/', NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  resources.defer(() => void subscriber.kill('SIGKILL'));
  let printed = '';
  subscriber.stdout.on('data', (data) => (printed += data));

  const lines = () => new Set(printed.trim().split('\n'));
  await eventually(
    () =>
      expect(lines()).toEqual(
        new Set([
          'ContactCreated contact 1 version 1 email pending phone - lists 7',
          'ContactStatusChanged contact 1 version 3 email pending -> valid',
          'contacts/1: events before version 5 were missed. Read GET /api/v1/contacts/1',
          'ContactErased contact 1 version 5',
          'StatusVerified contact 1 email valid valueVersion 1 because mx',
        ]),
      ),
    { timeout: 30_000 },
  );
  expect(printed).not.toContain('ada@example.com');

  subscriber.kill('SIGINT');
  expect(await once(subscriber, 'exit')).toEqual([0, null]);
});

test('says what to do when no setting names Kafka', async () => {
  const { KAFKA_BROKERS: _given, ...env } = process.env;
  const subscriber = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { ...env, KITH_HOME: 'nowhere', INIT_CWD: tmpdir(), NODE_OPTIONS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  subscriber.stderr.on('data', (data) => (said += data));
  expect(await once(subscriber, 'exit')).toEqual([1, null]);
  expect(said).toContain('Run `npm start`, or set KAFKA_BROKERS');
});
