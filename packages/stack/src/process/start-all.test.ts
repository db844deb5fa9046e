import { expect, test } from '@jest/globals';

import { startAll } from './start-all.ts';

const { signal } = new AbortController();

test('things that start at once are returned in the order of their starts', async () => {
  const thing = (name: string) => async () => ({ name, async [Symbol.asyncDispose]() {} });
  const things = await startAll([thing('PostgreSQL'), thing('Kafka')], signal);
  expect(things.map(({ name }) => name)).toEqual(['PostgreSQL', 'Kafka']);
});

test('when one start fails the others are aborted, and those that had succeeded are disposed of', async () => {
  const ended: string[] = [];
  const started = async () => ({
    async [Symbol.asyncDispose]() {
      ended.push('started');
    },
  });
  const waiting = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        ended.push('waiting');
        reject(new Error('aborted'));
      });
    });
  const failing = async (): Promise<never> => {
    throw new Error('no Java');
  };
  await expect(startAll([started, waiting, failing], signal)).rejects.toThrow('no Java');
  expect(ended).toEqual(['waiting', 'started']);
});
