import { expect, test } from '@jest/globals';
import { z } from 'zod';

import { storable } from './storable.ts';

const noted = z.object({
  type: z.literal('Noted'),
  data: z.object({}),
  personal: z.object({ text: z.string(), place: z.string().exactOptional() }),
});
const store = (personal: object) =>
  storable(noted, 'diary-1', { type: 'Noted', data: {}, personal } as z.infer<typeof noted>);

test('What has the stored form is stored whole, without the members that it may lack', () => {
  expect(store({ text: 'hello' })).toEqual({ type: 'Noted', data: {}, personal: { text: 'hello' } });
});

test('What has not the stored form is refused, by place and never by value', () => {
  expect(() => store({ text: 17 })).toThrow('diary-1: Noted cannot be stored (personal.text invalid_type).');
});

test('A member that the stored form has no place for is refused: reading would lose it', () => {
  expect(() => store({ text: 'hello', mood: 'secret' })).toThrow(
    'diary-1: Noted cannot be stored (its stored form has no place for all of it).',
  );
});
