import { expect, test } from '@jest/globals';
import { z } from 'zod';

import { type JsonSchema, unboundedIn } from './unbounded.ts';

const found = (schema: z.ZodType) => unboundedIn(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, 'body');

test.each<[string, z.ZodType, string[]]>([
  ['a string', z.string(), ['body: a string without maxLength']],
  ['a string of a form', z.iso.date(), ['body: a string without maxLength']],
  ['a string that may be null', z.string().nullable(), ['body: a string without maxLength']],
  ['an array', z.array(z.int()), ['body: an array without maxItems']],
  ['a member', z.strictObject({ name: z.string() }), ['body.name: a string without maxLength']],
  ['an item', z.array(z.string()).max(5), ['body[]: a string without maxLength']],
  [
    'an object of any members',
    z.record(z.string(), z.string()),
    [
      'body: an object of any members without maxProperties',
      "body's names: a string without maxLength",
      'body.*: a string without maxLength',
    ],
  ],
  [
    'an object that keeps what it does not know',
    z.looseObject({}),
    [
      'body: an object of any members without maxProperties',
      "body's names: a string without maxLength",
      'body.*: may be anything',
    ],
  ],
  ['anything', z.unknown(), ['body: may be anything']],
  ['a choice', z.union([z.int(), z.array(z.int())]), ['body: an array without maxItems']],
])('%s may be of any size unless it says otherwise', (_, schema, places) => {
  expect(found(schema)).toEqual(places);
});

test.each<[string, z.ZodType]>([
  ['a string', z.string().max(5)],
  ['a word of a few', z.enum(['asc', 'desc'])],
  ['a number', z.number()],
  ['an array', z.array(z.boolean()).max(5)],
  ['an object of known members', z.strictObject({ name: z.string().max(5), age: z.int().nullable() })],
  ['an object that drops what it does not know', z.object({ name: z.string().max(5) })],
  ['an object of some members', z.record(z.string().max(5), z.string().max(5)).meta({ maxProperties: 5 })],
])('%s is bounded when it says so', (_, schema) => {
  expect(found(schema)).toEqual([]);
});

test('a reference is followed', () => {
  const name: JsonSchema = { type: 'string' };
  const schema: JsonSchema = { type: 'object', properties: { name: { $ref: '#/Name' } } };
  expect(unboundedIn(schema, 'body', () => name)).toEqual(['body.name: a string without maxLength']);
});
