import { expect, test } from '@jest/globals';

import { sequences } from './sequences.ts';

test('A sequence counts per subject: a note’s first event is no copy of its contact’s', () => {
  const place = sequences();
  expect(place('contacts.v1', 'contacts/1', 1)).toBe('next');
  expect(place('contacts.v1', 'contacts/1/notes/9', 1)).toBe('next');
  expect(place('contacts.v1', 'contacts/1', 2)).toBe('next');
});

test('A sequence counts per topic: each has its own about the same contact', () => {
  const place = sequences();
  expect(place('contacts.v1', 'contacts/1', 1)).toBe('next');
  expect(place('verification.v1', 'contacts/1', 1)).toBe('next');
});

test('A sequence that was seen, or was passed by a later one, is a copy', () => {
  const place = sequences();
  expect([1, 2, 2, 1].map((sequence) => place('contacts.v1', 'contacts/1', sequence))).toEqual([
    'next',
    'next',
    'copy',
    'copy',
  ]);
});

test('A sequence that is more than one above the last is a gap, and so is a first one above 1', () => {
  const place = sequences();
  expect([1, 3, 4].map((sequence) => place('contacts.v1', 'contacts/1', sequence))).toEqual(['next', 'gap', 'next']);
  expect(place('contacts.v1', 'contacts/2', 5)).toBe('gap');
});
