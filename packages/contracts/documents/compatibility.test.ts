import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';

import { breaches } from './compatibility.ts';
import { payloadSchema } from './payload-schema.ts';

const released = {
  id: z.int(),
  status: z.enum(['valid', 'invalid']),
  note: z.string().max(10).nullable(),
  source: z.string().optional(),
  lists: z.array(z.object({ id: z.int(), name: z.string() })),
};
const shell = z.object({ id: z.int() });

const compared = (before: z.ZodType, after: z.ZodType) => breaches(payloadSchema(before), payloadSchema(after));
const changedTo = (changes: z.ZodRawShape) => compared(z.object(released), z.object({ ...released, ...changes }));

describe('a released event may', () => {
  test.each([
    ['stay as it is', {}],
    ['gain an optional property', { added: z.string().optional() }],
    [
      'gain an optional property deep inside',
      { lists: z.array(released.lists.element.extend({ colour: z.string().optional() })) },
    ],
    ['gain a value of an enum', { status: z.enum(['valid', 'invalid', 'risky']) }],
    ['be described in other words', { id: z.int().meta({ description: 'The contact.', examples: [1] }) }],
  ])('%s', (_, changes) => expect(changedTo(changes)).toEqual([]));

  test('have its properties and alternatives in another order', () => {
    const reversed = z.object(Object.fromEntries(Object.entries(released).toReversed()));
    expect(compared(z.union([z.object(released), shell]), z.union([shell, reversed]))).toEqual([]);
  });
});

describe('a released event may not', () => {
  test.each<[string, z.ZodRawShape, string]>([
    [
      'gain a required property',
      { added: z.string() },
      'data.added: is new and required, and published events lack it',
    ],
    ['change a type', { id: z.string() }, 'data.id: its type was "integer", and is "string"'],
    [
      'leave out what was always there',
      { id: z.int().optional() },
      'data.id: was always there, and may now be left out',
    ],
    ['require what was optional', { source: z.string() }, 'data.source: was optional, and is required'],
    ['lose a value of an enum', { status: z.enum(['valid']) }, 'data.status: may no longer be "invalid"'],
    [
      'list the values of what was free',
      { source: z.enum(['web']).optional() },
      'data.source: was anything, and is one of "web"',
    ],
    ['free what had values', { status: z.string() }, 'data.status: was one of "valid", "invalid", and is anything'],
    ['narrow a length', { note: z.string().max(5).nullable() }, 'data.note: its maxLength was 10, and is 5'],
    ['demand a format', { source: z.email().optional() }, 'data.source: its format was not said, and is "email"'],
    ['stop being null', { note: z.string().max(10) }, 'data.note: had 2 alternatives, and has 0'],
    ['start being null', { status: released.status.nullable() }, 'data.status: had 0 alternatives, and has 2'],
    ['change deep inside', { lists: z.array(z.object({ id: z.int() })) }, 'data.lists[].name: is gone'],
  ])('%s', (_, changes, breach) => expect(changedTo(changes)).toContain(breach));

  test('lose a property', () => {
    const { note: _, ...rest } = released;
    expect(compared(z.object(released), z.object(rest))).toEqual(['data.note: is gone']);
  });

  test('lose a property of one of its alternatives', () => {
    const { note: _, ...rest } = released;
    expect(compared(z.union([z.object(released), shell]), z.union([z.object(rest), shell]))).toEqual([
      'data.note: is gone',
    ]);
  });

  test('change the values of a dictionary', () => {
    const details = (value: z.ZodType) => z.record(z.string(), value);
    expect(compared(details(z.string()), details(z.boolean()))).toEqual([
      'data.(additionalProperties): its type was "string", and is "boolean"',
    ]);
  });
});
