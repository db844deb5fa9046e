import { expect, test } from '@jest/globals';

import { newPlaces } from './places.ts';

const many = (workspaceId: string, count: number) => Array.from({ length: count }, () => ({ workspaceId }));

test('a workspace that is alone may use every shared place, and no reserved one', () => {
  const places = newPlaces();
  const admitted = places.admit(many('A', 400));
  expect(admitted).toHaveLength(128);
  admitted.forEach(places.take);
  expect(places.admit(many('A', 1))).toEqual([]);
});

test('a workspace with few places finds one when another workspace holds all shared places', () => {
  const places = newPlaces();
  many('A', 128).forEach(places.take);
  const admitted = places.admit([...many('B', 5), ...many('A', 5), ...many('C', 1)]);
  expect(admitted).toEqual([...many('B', 4), ...many('C', 1)]);
});

test('the reserved places are bounded too', () => {
  const places = newPlaces();
  many('A', 128).forEach(places.take);
  const others = Array.from({ length: 20 }, (_, n) => many(`B${n}`, 4)).flat();
  expect(places.admit(others)).toHaveLength(32);
  places.admit(others).forEach(places.take);
  expect(places.room()).toMatchObject({ shared: 0, reserved: 0 });
  expect(places.admit(many('C', 1))).toEqual([]);
});

test('a place that is given back is free, and the last shared one is reported', () => {
  const places = newPlaces();
  many('A', 128).forEach(places.take);
  expect(places.giveBack({ workspaceId: 'A' })).toBe(true);
  expect(places.room()).toMatchObject({ shared: 1, reserved: 32 });
  expect(places.room().held).toEqual(new Map([['A', 127]]));
  expect(places.giveBack({ workspaceId: 'A' })).toBe(false);
  expect(places.admit(many('A', 3))).toHaveLength(2);
});

test('a workspace that holds no place any more is forgotten', () => {
  const places = newPlaces();
  places.take({ workspaceId: 'A' });
  places.giveBack({ workspaceId: 'A' });
  expect(places.room().held.size).toBe(0);
});
