import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { fromFile, Parser } from '@asyncapi/parser';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

import * as exported from '../src/topics/index.ts';
import { asyncApiYaml } from './asyncapi.ts';
import { breaking, currentEvents, docs, releasedEvents } from './released.ts';
import { topics } from './topics.ts';

const yaml = join(docs, 'asyncapi.yaml');

describe('released events', () => {
  test('have gained only optional members', async () => {
    expect(breaking(await releasedEvents(), currentEvents())).toEqual([]);
  });

  test('are in docs/events as they are; after a change: npm run documents', async () => {
    expect(Object.fromEntries(await releasedEvents())).toEqual(Object.fromEntries(currentEvents()));
  });

  test('are named, with the place, if one would break its subscribers', () => {
    const schema = { type: 'object', properties: { contactId: { type: 'integer' } } } as const;
    const name = 'contacts.v1/ContactErased';
    expect(breaking(new Map([[name, schema]]), new Map([[name, { type: 'object' }]]))).toEqual([
      `${name} data.contactId: is gone`,
    ]);
    expect(breaking(new Map([[name, schema]]), new Map())).toEqual([`${name}: is told no more`]);
    expect(breaking(new Map(), new Map([[name, schema]]))).toEqual([]);
  });
});

describe('docs/asyncapi.yaml', () => {
  let parsed: Awaited<ReturnType<Parser['parse']>>;
  beforeAll(async () => {
    parsed = await fromFile(new Parser(), yaml).parse();
  });

  test('follows the schemas; after a change: npm run documents', async () => {
    expect(await readFile(yaml, 'utf8')).toBe(asyncApiYaml());
  });

  test('is valid AsyncAPI, and holds every event', () => {
    const { document, diagnostics } = parsed;
    // That there is a later version than 3.0 is all that the parser may have to say.
    expect(diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version')).toEqual([]);
    expect(document?.messages().length).toBe(currentEvents().size);
  });

  test('shows messages of every event that its own schemas allow', () => {
    const ajv = addFormats.default(new Ajv({ strict: false }));
    for (const message of parsed.document?.messages() ?? []) {
      const { headers, payload, examples }: Message = message.json();
      expect(examples).not.toEqual([]);
      for (const example of examples) {
        const valid = [ajv.validate(headers, example.headers), ajv.validate(payload.schema, example.payload)];
        expect([message.name(), ...valid]).toEqual([message.name(), true, true]);
      }
    }
  });

  test('describes every topic', () => {
    const all = Object.entries(exported).flatMap(([name, value]) => (name.endsWith('Topic') ? [value] : []));
    expect(new Set(topics.map(({ schema }) => schema))).toEqual(
      new Set(all.map((topic) => (topic as { schema?: unknown }).schema)),
    );
  });
});

/** The document after the parser has merged traits and followed references. */
type Message = {
  readonly headers: object;
  readonly payload: { readonly schema: object };
  readonly examples: readonly { readonly headers: unknown; readonly payload: unknown }[];
};

const examples = topics.flatMap(({ schema, events }) =>
  events.flatMap(({ type, examples: of }) => of.map(({ summary, data }) => ({ type, summary, data, schema }))),
);

test.each(examples)('$type ($summary) is read by its readers as the document shows it', ({ type, data, schema }) => {
  expect(schema.parse({ type, data })).toEqual({ type, data });
});
