import { expect, test } from '@jest/globals';

import type { RawMessage } from './cloud-events.ts';
import { oneAtATime } from './kafkajs/wait.ts';
import { CHUNK, mergeChunks } from './merge-chunks.ts';

const { signal } = new AbortController();

const chunkOf = (partition: number, length: number): RawMessage[] =>
  Array.from({ length }, (_, n) => ({ partition, offset: String(n), key: 'k', headers: {}, value: null }));
const placesOf = (messages: readonly RawMessage[]) => messages.map(({ partition, offset }) => `${partition}/${offset}`);

test('chunks that partitions hand in at once are handled at once, each in its order', async () => {
  const seen: string[][] = [];
  const deliver = mergeChunks(oneAtATime(), async (messages) => void seen.push(placesOf(messages)));
  await Promise.all([deliver(chunkOf(0, 2), signal), deliver(chunkOf(1, 1), signal), deliver(chunkOf(2, 1), signal)]);
  expect(seen).toEqual([['0/0', '0/1', '1/0', '2/0']]);
});

test('chunks that come while others are handled wait, and are handled together after them', async () => {
  const seen: string[][] = [];
  const first = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const deliver = mergeChunks(oneAtATime(), async (messages) => {
    seen.push(placesOf(messages));
    begun.resolve();
    await first.promise;
  });
  const before = deliver(chunkOf(0, 1), signal);
  await begun.promise;
  const after = [deliver(chunkOf(1, 1), signal), deliver(chunkOf(2, 1), signal)];
  first.resolve();
  await Promise.all([before, ...after]);
  expect(seen).toEqual([['0/0'], ['1/0', '2/0']]);
});

test('a transaction never holds more than a chunk', async () => {
  const sizes: number[] = [];
  const deliver = mergeChunks(oneAtATime(), async ({ length }) => void sizes.push(length));
  await Promise.all(Array.from({ length: 4 }, (_, partition) => deliver(chunkOf(partition, CHUNK - 100), signal)));
  await Promise.all(Array.from({ length: 5 }, (_, partition) => deliver(chunkOf(partition, CHUNK / 5), signal)));
  expect(sizes).toEqual([400, 400, 400, 400, 500]);
});

test('one reader that is told to stop stops them all, and all are told', async () => {
  const stopping = new AbortController();
  const deliver = mergeChunks(oneAtATime(), async (_, told) => {
    stopping.abort(new Error('closing'));
    told.throwIfAborted();
  });
  const ended = [deliver(chunkOf(0, 1), signal), deliver(chunkOf(1, 1), stopping.signal)];
  for (const one of ended) await expect(one).rejects.toThrow('closing');
});
