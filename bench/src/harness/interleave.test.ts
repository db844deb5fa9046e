import { describe, expect, test } from '@jest/globals';

import { eachRound, interleave } from './interleave.ts';

const say = () => {};

async function orderOf(rounds: number, rest?: number) {
  const order: string[] = [];
  const leg = (name: string) => async () => order.push(name);
  const wait = async (ms: number) => order.push(`${ms} ms`);
  const done = await interleave(
    { a: leg('a'), b: leg('b') },
    { rounds, say, wait, ...(rest !== undefined && { rest }) },
  );
  return { order, done };
}

describe('two legs', () => {
  test('take turns, every other round backwards, after a round that does not count', async () => {
    const { order, done } = await orderOf(2);
    expect(order).toEqual(['a', 'b', 'a', 'b', 'b', 'a']);
    expect(done).toHaveLength(2);
  });

  test('rest after each turn, so that unfinished work of one does not slow the other', async () => {
    const { order } = await orderOf(1, 5);
    expect(order).toEqual(['a', '5000 ms', 'b', '5000 ms', 'a', '5000 ms', 'b', '5000 ms']);
  });
});

test('an aborted run takes no further turn', async () => {
  const stopping = new AbortController();
  const turns: string[] = [];
  const legs = {
    a: async () => void turns.push('a'),
    b: async () => {
      turns.push('b');
      stopping.abort('Stopped by SIGINT.');
    },
  };
  await expect(interleave(legs, { rounds: 3, say, signal: stopping.signal })).rejects.toBe('Stopped by SIGINT.');
  expect(turns).toEqual(['a', 'b']);
});

test('a ratio is taken within each round, not between two medians', () => {
  const rounds = [
    { measured: { ours: 10, floor: 100 }, foreignCpu: 0 },
    { measured: { ours: 90, floor: 100 }, foreignCpu: 0 },
    { measured: { ours: 20, floor: 40 }, foreignCpu: 0 },
  ];
  expect(eachRound(rounds, ({ ours, floor }) => ours / floor)).toMatchObject({ median: 0.5, rounds: [0.1, 0.9, 0.5] });
});
