import { expect, test } from '@jest/globals';

import { attribute } from './attribute.ts';

const [npm, supervisor, postgres, backend, gateway, stranger] = [10, 11, 12, 13, 14, 99];
const usages = new Map([
  [1, { parent: 0, ticks: 1000 }],
  [npm, { parent: 5, ticks: 1 }],
  [5, { parent: 1, ticks: 500 }],
  [supervisor, { parent: npm, ticks: 2 }],
  [postgres, { parent: supervisor, ticks: 4 }],
  [backend, { parent: postgres, ticks: 8 }],
  [gateway, { parent: supervisor, ticks: 16 }],
  [stranger, { parent: 1, ticks: 100 }],
]);

test('a process includes the CPU of its children, and npm and the supervisor count as the rest', () => {
  expect(attribute(usages, npm, { postgres, 'api-gateway': gateway })).toEqual({
    'api-gateway': 16,
    postgres: 12,
    'the rest': 3,
  });
});

test('processes come in the same order whatever order they started in', () => {
  const names = (named: Record<string, number>) => Object.keys(attribute(usages, npm, named));
  expect(names({ postgres, 'api-gateway': gateway })).toEqual(names({ 'api-gateway': gateway, postgres }));
});

test('a process that has ended is left out', () => {
  expect(attribute(usages, npm, { kafka: 77 })).toEqual({ 'the rest': 31 });
});
