import { expect, jest, test } from '@jest/globals';
import { eventually, testTopics } from '@kith/stack/testing';

import type { Incoming } from '../port.ts';
import { testLog } from '../testing/log.ts';
import { noted, type NoteEvent, noteTopic } from '../testing/notes.ts';
import { PRODUCE, startProxy } from '../testing/proxy.ts';
import { connectKafka } from './client.ts';
import { consume } from './consumer.ts';
import { produce } from './producer.ts';

jest.setTimeout(60_000);

const KEYS = Array.from({ length: 20 }, (_, id) => String(id));

async function behindProxy() {
  await using started = new AsyncDisposableStack();
  const topics = started.use(await testTopics());
  const proxy = started.use(await startProxy(topics.brokers[0]!));
  const log = testLog();
  const direct = connectKafka({ ...topics, clientId: 'direct', log });
  const proxied = connectKafka({ ...topics, clientId: 'proxied', log, dial: proxy.dial });
  const resources = started.move();
  return { proxy, direct, proxied, log, resources, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** For each key the sequences as they came, without the copies a resend makes. */
function byKey(messages: readonly Incoming<NoteEvent>[]) {
  const seen = Map.groupBy(messages, ({ key }) => key);
  return KEYS.map((key) => [...new Set(seen.get(key)?.map(({ sequence }) => sequence))]);
}

test('an acknowledgement that is lost on the way loses no message and changes no order', async () => {
  await using it = await behindProxy();
  const handled: Incoming<NoteEvent>[] = [];
  it.resources.use(
    await consume(it.direct, {
      group: 'reader',
      topic: noteTopic,
      handle: async (messages) => handled.push(...messages),
    }),
  );
  const producer = it.resources.use(await produce(it.proxied, noteTopic));
  const sequences = Array.from({ length: 30 }, (_, at) => at + 1);

  let failures = 0;
  for (const sequence of sequences) {
    const swallowed = sequence === 10 ? it.proxy.swallowAnswer(PRODUCE) : undefined;
    // The relay does so too: it sends the same again until it is acknowledged.
    await eventually(
      () =>
        producer.send(KEYS.map((key) => noted(key, sequence))).catch((error: unknown) => {
          failures++;
          throw error;
        }),
      { timeout: 30_000 },
    );
    await swallowed;
  }

  expect(failures).toBe(1);
  await eventually(() => expect(byKey(handled)).toEqual(KEYS.map(() => sequences)), { timeout: 20_000 });
  // The broker had written what it could not acknowledge.
  expect(handled.filter(({ key, sequence }) => key === '0' && sequence === 10).length).toBeGreaterThan(1);
});

test('a reader whose connections go silent reads on over new ones', async () => {
  await using it = await behindProxy();
  const handled: Incoming<NoteEvent>[] = [];
  it.resources.use(
    await consume(it.proxied, {
      group: 'reader',
      topic: noteTopic,
      handle: async (messages) => handled.push(...messages),
    }),
  );
  const producer = it.resources.use(await produce(it.direct, noteTopic));
  await producer.send([noted('0', 1)]);
  await eventually(() => expect(byKey(handled)[0]).toEqual([1]), { timeout: 20_000 });

  const before = it.proxy.connections();
  it.proxy.silence();
  const silentSince = Date.now();
  await producer.send([noted('0', 2)]);
  await eventually(() => expect(byKey(handled)[0]).toEqual([1, 2]), { timeout: 40_000 });
  process.stderr.write(`silent connections: read on after ${Date.now() - silentSince} ms\n`);
  expect(it.proxy.connections()).toBeGreaterThan(before);
  // By itself: not because its supervisor lost patience and replaced it.
  expect(it.log.lines.map(({ message }) => message)).not.toContain('a consumer has stopped reading and is rebuilt');
});

test('a reader whose connections are cut reads on', async () => {
  await using it = await behindProxy();
  const handled: Incoming<NoteEvent>[] = [];
  it.resources.use(
    await consume(it.proxied, {
      group: 'reader',
      topic: noteTopic,
      handle: async (messages) => handled.push(...messages),
    }),
  );
  const producer = it.resources.use(await produce(it.direct, noteTopic));
  for (const sequence of [1, 2, 3]) {
    await producer.send([noted('0', sequence)]);
    await eventually(() => expect(byKey(handled)[0]).toContain(sequence), { timeout: 20_000 });
    it.proxy.cut();
  }
  expect(byKey(handled)[0]).toEqual([1, 2, 3]);
});
