import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, jest, test } from '@jest/globals';
import { createTopics, startKafka } from '@kith/stack';
import { eventually } from '@kith/stack/testing';

import type { Incoming } from '../port.ts';
import { testLog } from '../testing/log.ts';
import { noted, type NoteEvent, noteTopic } from '../testing/notes.ts';
import { connectKafka } from './client.ts';
import { consume } from './consumer.ts';
import { produce } from './producer.ts';

jest.setTimeout(90_000);

test('a broker that is killed under load and started again has lost no acknowledged message', async () => {
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'kith-broker-kill-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  // A broker of its own, whatever the environment names: it is killed.
  const { KAFKA_BROKERS: _given, ...env } = process.env;
  const options = { folder, log: () => {}, env };
  const first = await startKafka(options);
  let running = first;
  resources.defer(() => running[Symbol.asyncDispose]());
  const { pid, brokers } = first;
  if (pid === undefined) throw new Error('Only a broker that runs as our own process can be killed.');
  const port = Number(brokers[0]!.split(':')[1]);
  await createTopics(brokers, [`kith.${noteTopic.name}`]);

  const kafka = connectKafka({ brokers, prefix: 'kith', clientId: 'kill', log: testLog() });
  const handled = new Set<string>();
  const nameOf = ({ key, sequence }: Pick<Incoming<NoteEvent>, 'key' | 'sequence'>) => `${key}/${sequence}`;
  const consumer = resources.use(
    await consume(kafka, {
      group: 'reader',
      topic: noteTopic,
      handle: async (messages) => messages.forEach((message) => handled.add(nameOf(message))),
    }),
  );
  const producer = resources.use(await produce(kafka, noteTopic));
  await consumer.joined;

  const acknowledged: string[] = [];
  let sequence = 0;
  const load = async (until: () => boolean) => {
    while (!until()) {
      const messages = ['a', 'b', 'c', 'd'].map((key) => noted(key, sequence + 1));
      try {
        await producer.send(messages);
      } catch {
        continue;
      }
      sequence++;
      acknowledged.push(...messages.map(nameOf));
    }
  };

  await load(() => handled.size > 400);
  let enough = Infinity;
  const loading = load(() => acknowledged.length > enough);
  process.kill(pid, 'SIGKILL');
  await first.exited;
  running = await startKafka({ ...options, port });

  const answeredAt = Date.now();
  const [acknowledgedBefore, handledBefore] = [acknowledged.length, handled.size];
  await eventually(() => expect(acknowledged.length).toBeGreaterThan(acknowledgedBefore), { timeout: 40_000 });
  const writing = Date.now() - answeredAt;
  await eventually(() => expect(handled.size).toBeGreaterThan(handledBefore + 4), { timeout: 40_000 });
  process.stderr.write(
    `broker kill -9: written again ${writing} ms and read again ${Date.now() - answeredAt} ms after it was back\n`,
  );
  enough = acknowledged.length + 400;
  await loading;

  await eventually(() => expect(acknowledged.filter((name) => !handled.has(name))).toEqual([]), { timeout: 20_000 });
});
