import { describe, expect, jest, test } from '@jest/globals';
import { allowOnly, eventually, refuse, testTopics } from '@kith/stack/testing';

import { toCloudEvent } from '../cloud-events.ts';
import type { connectKafka } from '../kafkajs/client.ts';
import type { consume } from '../kafkajs/consumer.ts';
import type { produce } from '../kafkajs/producer.ts';
import type { Incoming, Subscription } from '../port.ts';
import { testLog } from './log.ts';
import { mapLot } from './map-lot.ts';
import { noted, type NoteEvent, noteTopic } from './notes.ts';
import { limitMessages, writeRaw } from './raw.ts';

type Adapter = {
  readonly connectKafka: typeof connectKafka;
  readonly produce: typeof produce;
  readonly consume: typeof consume;
};

const JOINING_MS = 20_000;

/** The promises that services rely on, whichever client library is behind the port. */
export function portContract(name: string, { connectKafka, produce, consume }: Adapter): void {
  async function installation() {
    await using started = new AsyncDisposableStack();
    const topics = started.use(await testTopics());
    const log = testLog();
    const onFatal = jest.fn<(error: Error) => void>();
    const kafka = connectKafka({ ...topics, clientId: 'contract', log, onFatal });
    const { send } = started.use(await produce(kafka, noteTopic));
    const topic = `${topics.prefix}.${noteTopic.name}`;

    const resources = started.move();
    const group = `${topics.prefix}.contract`;
    return {
      log,
      resources,
      onFatal,
      brokers: topics.brokers,
      send,
      topic,
      limitMessages: (bytes: number) => limitMessages(topics.brokers, topic, bytes),
      group,
      /** How often Kafka refused the consumer, as its log names it. */
      refusals: () =>
        log.lines.filter(({ level, message, fields }) => {
          const named: { topic?: string; group?: string } = fields;
          return level === 'error' && message.includes('ACLs') && named.topic === topic && named.group === group;
        }).length,
      sendRaw: (...messages: Parameters<typeof writeRaw>[2]) => writeRaw(topics.brokers, topic, messages),
      /** A consumer, and what it has handled. */
      async read(options: Partial<Subscription<NoteEvent>> = {}) {
        const handled: Incoming<NoteEvent>[] = [];
        const consumer = resources.use(
          await consume(kafka, {
            group: 'contract',
            topic: noteTopic,
            retryDelays: [10],
            ...options,
            handle: async (messages) => {
              await options.handle?.(messages);
              handled.push(...messages);
            },
          }),
        );
        // At least once: a copy that follows is no surprise to anyone.
        const names = () => [...new Set(handled.map(({ key, sequence }) => `${key}/${sequence}`))];
        return { consumer, handled, of: (key: string) => names().filter((name) => name.startsWith(`${key}/`)) };
      },
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    };
  }

  describe(`${name}, as the port promises,`, () => {
    test('delivers what is sent, whole and in order per key', async () => {
      await using it = await installation();
      const reader = await it.read();
      const keys = Array.from({ length: 20 }, (_, id) => String(id));
      const sequences = Array.from({ length: 30 }, (_, sequence) => sequence + 1);
      await Promise.all(sequences.map((sequence) => it.send(keys.map((key) => noted(key, sequence)))));
      await it.send([
        {
          ...noted('traced', 1),
          traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
          requestId: '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e',
        },
      ]);

      await eventually(() => expect(reader.of('traced')).toEqual(['traced/1']), { timeout: JOINING_MS });
      await eventually(() => {
        for (const key of keys) expect(reader.of(key)).toEqual(sequences.map((sequence) => `${key}/${sequence}`));
      });
      expect(reader.handled.find(({ key }) => key === 'traced')).toMatchObject({
        id: 'note-traced-1',
        sequence: 1,
        time: noted('traced', 1).time,
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        requestId: '7f1a7c52-9e0b-4d1d-8c1f-2a3b019a9d3e',
        event: { type: 'Noted', data: { text: 'traced/1' } },
      });
    });

    test('hands over every copy of a message: the reader tells them apart', async () => {
      await using it = await installation();
      const reader = await it.read();
      await it.send([noted('a', 1), noted('a', 2)]);
      await it.send([noted('a', 1), noted('a', 2)]);
      const copies = () => reader.handled.filter(({ sequence }) => sequence === 2).length;
      await eventually(() => expect(copies()).toBeGreaterThanOrEqual(2), { timeout: JOINING_MS });
      expect(reader.of('a')).toEqual(['a/1', 'a/2']);
    });

    test('names the message that Kafka will never take, has sent those before it, and sends on', async () => {
      await using it = await installation();
      const reader = await it.read();
      // Less than a batch holds: the whole batch is refused for one message.
      await it.limitMessages(100_000);
      const large = (key: string) => noted(key, 3, 'x'.repeat(200_000));
      await eventually(() => expect(it.send([large('limited')])).rejects.toMatchObject({ refused: 'note-limited-3' }));
      const small = [noted('a', 1), noted('b', 1), noted('a', 2), noted('b', 2)];
      await expect(it.send([...small, large('a'), noted('a', 4), noted('b', 4)])).rejects.toMatchObject({
        name: 'MessageRefused',
        refused: 'note-a-3',
        code: 'MESSAGE_TOO_LARGE',
      });
      await expect(
        it.send([noted('b', 5), { ...noted('b', 3), time: new Date(NaN) }, noted('b', 6)]),
      ).rejects.toMatchObject({
        name: 'MessageRefused',
        refused: 'note-b-3',
      });
      await it.send([noted('b', 7)]);

      await eventually(() => expect(reader.of('b')).toContain('b/7'), { timeout: JOINING_MS });
      expect(reader.of('a').slice(0, 2)).toEqual(['a/1', 'a/2']);
      expect(reader.of('b').filter((name) => name !== 'b/4')).toEqual(['b/1', 'b/2', 'b/5', 'b/7']);
    });

    test('goes on where the last reader of the group stopped', async () => {
      await using it = await installation();
      const first = await it.read();
      await it.send([noted('a', 1)]);
      await it.send([noted('a', 2)]);
      await eventually(() => expect(first.of('a')).toEqual(['a/1', 'a/2']), { timeout: JOINING_MS });
      await first.consumer[Symbol.asyncDispose]();

      await it.send([noted('a', 3)]);
      const second = await it.read();
      await eventually(() => expect(second.of('a')).not.toEqual([]), { timeout: JOINING_MS });
      expect(second.of('a')).toEqual(['a/3']);
    });

    test('shares a topic among the readers of a group, each key with one of them, in order', async () => {
      await using it = await installation();
      const readers = [await it.read(), await it.read()];
      await Promise.all(readers.map(({ consumer }) => consumer.joined));
      const keys = Array.from({ length: 50 }, (_, id) => String(id));
      await it.send(keys.map((key) => noted(key, 1)));
      await it.send(keys.map((key) => noted(key, 2)));

      const seen = (key: string) => [...new Set(readers.flatMap(({ of }) => of(key)))];
      await eventually(() => expect(keys.map(seen)).toEqual(keys.map((key) => [`${key}/1`, `${key}/2`])), {
        timeout: JOINING_MS,
      });
    });

    test('parks bytes that are no message; the next key is not delayed, the same key queues behind', async () => {
      await using it = await installation();
      const lot = mapLot();
      const reader = await it.read({ lot });
      await it.sendRaw({ ...toCloudEvent(noted('a', 1)), value: Buffer.from([0xff, 0x00, 0x7b]) });
      await it.sendRaw({ key: 'c', value: '{}' });
      await it.send([noted('a', 2), noted('b', 1)]);

      await eventually(() => expect(reader.of('b')).toEqual(['b/1']), { timeout: JOINING_MS });
      const ids = () => lot.parked().map(({ headers }) => headers['ce_id']);
      await eventually(() => expect(new Set(ids())).toEqual(new Set(['note-a-1', undefined, 'note-a-2'])));
      expect(reader.of('a')).toEqual([]);
      expect(lot.parked().find(({ key }) => key === 'a')).toMatchObject({
        topic: it.topic,
        value: Buffer.from([0xff, 0x00, 0x7b]),
        headers: { ce_id: 'note-a-1' },
        reason: 'value: no JSON',
      });
      expect(lot.parked().find(({ key }) => key === 'c')).toMatchObject({ reason: 'no ce_type', headers: {} });
    });

    test('goes on after a TypeError in a handler, and retries what was parked when it is asked to', async () => {
      await using it = await installation();
      const lot = mapLot();
      let bug = true;
      const reader = await it.read({
        lot,
        handle: async (messages) => {
          if (bug && messages.some(({ key }) => key === 'a')) (undefined as unknown as string[]).at(0);
        },
      });
      await it.send([noted('a', 1), noted('b', 1)]);
      await it.send([noted('a', 2)]);
      const ids = () => lot.parked().map(({ headers }) => headers['ce_id']);
      await eventually(() => expect(new Set(ids())).toEqual(new Set(['note-a-1', 'note-a-2'])), {
        timeout: JOINING_MS,
      });
      await it.send([noted('b', 2)]);
      await eventually(() => expect(reader.of('b')).toEqual(['b/1', 'b/2']));

      bug = false;
      lot.retryAll();
      await eventually(() => expect(lot.parked()).toEqual([]));
      await it.send([noted('a', 3)]);
      await eventually(() => expect(reader.of('a')).toEqual(['a/1', 'a/2', 'a/3']));
    });

    test('waits while something that a handler needs is away, and is not ready meanwhile', async () => {
      await using it = await installation();
      const lot = mapLot();
      let away = true;
      const reader = await it.read({
        lot,
        handle: async () => {
          if (away) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
        },
      });
      await it.send([noted('a', 1), noted('a', 2), noted('b', 1)]);
      await eventually(() => expect(reader.consumer.ready()).rejects.toThrow('wait'), { timeout: JOINING_MS });
      await it.send([noted('a', 3)]);
      away = false;
      await eventually(() => expect(reader.of('a')).toEqual(['a/1', 'a/2', 'a/3']));
      expect(reader.of('b')).toEqual(['b/1']);
      expect(lot.parked()).toEqual([]);
      await eventually(() => reader.consumer.ready());
    });

    test.each(['group', 'topic'] as const)(
      'survives that Kafka refuses its %s, from the start or after a while, names both, and reads on when it may',
      async (what) => {
        const survives = async (after: 'start' | 'while') => {
          await using it = await installation();
          const refusing = () =>
            refuse(it.brokers, what === 'group' ? { readGroups: it.group } : { readTopic: it.topic });
          await it.send([noted('a', 1)]);
          let acl = after === 'start' ? await refusing() : undefined;
          const reader = await it.read();
          if (!acl) {
            await eventually(() => expect(reader.of('a')).toEqual(['a/1']), { timeout: JOINING_MS });
            acl = await refusing();
          }
          // Once could be the end of it.
          await eventually(() => expect(it.refusals()).toBeGreaterThan(1), { timeout: JOINING_MS });
          await acl[Symbol.asyncDispose]();

          await it.send([noted('a', 2)]);
          await eventually(() => expect(reader.of('a')).toEqual(['a/1', 'a/2']), { timeout: JOINING_MS });
          await reader.consumer.ready();
          expect(it.onFatal).not.toHaveBeenCalled();
        };
        await Promise.all([survives('start'), survives('while')]);
      },
    );

    test('needs no other right in Kafka than to read its topic in its group, and to write to it', async () => {
      await using it = await installation();
      const { brokers, topic, group } = it;
      for (const act of [{ readTopic: topic }, { writeTopic: topic }, { readGroups: group }]) {
        it.resources.use(await allowOnly(brokers, act));
      }
      const reader = await it.read();
      await it.send([noted('a', 1)]);
      await eventually(() => expect(reader.of('a')).toEqual(['a/1']), { timeout: JOINING_MS });
      await reader.consumer[Symbol.asyncDispose]();
      expect(it.refusals()).toBe(0);
      // It could say which messages it has handled.
      await it.send([noted('a', 2)]);
      const next = await it.read();
      await eventually(() => expect(next.of('a')).toEqual(['a/2']), { timeout: JOINING_MS });
    });

    test('says which topic Kafka does not let it write to', async () => {
      await using it = await installation();
      await using _acl = await refuse(it.brokers, { writeTopic: it.topic });
      await expect(it.send([noted('a', 1)])).rejects.toThrow(it.topic);
    });

    test('skips types that this release does not know', async () => {
      await using it = await installation();
      const lot = mapLot();
      const reader = await it.read({ lot });
      const { headers } = toCloudEvent(noted('a', 1));
      await it.sendRaw({ key: 'a', value: 'anything', headers: { ...headers, ce_type: 'NoteBurnt' } });
      await it.send([noted('a', 2)]);
      await eventually(() => expect(reader.of('a')).toEqual(['a/2']), { timeout: JOINING_MS });
      expect(lot.parked()).toEqual([]);
    });

    test('gives a reader that wants no past only the messages sent after it has joined', async () => {
      await using it = await installation();
      await it.send([noted('a', 1)]);
      const reader = await it.read({ fromBeginning: false });
      await reader.consumer.joined;
      await eventually(
        async () => {
          await it.send([noted('b', 1)]);
          expect(reader.of('b')).not.toEqual([]);
        },
        { timeout: JOINING_MS },
      );
      expect(reader.of('a')).toEqual([]);
    });

    test('waits in the background for a Kafka that is away', async () => {
      const nowhere = connectKafka({ brokers: ['127.0.0.1:1'], prefix: 'kith', clientId: 'contract', log: testLog() });
      await using producer = await produce(nowhere, noteTopic);
      await using consumer = await consume(nowhere, { group: 'contract', topic: noteTopic, handle: async () => {} });
      await expect(producer.send([noted('a', 1)])).rejects.toThrow('ECONNREFUSED');
      expect(consumer.joined).toBeInstanceOf(Promise);
    });
  });
}
