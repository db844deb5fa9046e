import { expect, test } from '@jest/globals';

import { all } from './together.ts';

const { signal } = new AbortController();

test('what is started together is handed out in order', async () => {
  const thing = (name: string) => async () => ({ name, async [Symbol.asyncDispose]() {} });
  const things = await all([thing('PostgreSQL'), thing('Kafka')], signal);
  expect(things.map(({ name }) => name)).toEqual(['PostgreSQL', 'Kafka']);
});

test('when one fails the others give up, and what had started is disposed of', async () => {
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
  await expect(all([started, waiting, failing], signal)).rejects.toThrow('no Java');
  expect(ended).toEqual(['waiting', 'started']);
});
