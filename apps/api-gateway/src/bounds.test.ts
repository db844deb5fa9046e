import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type JsonSchema, requestParts, type RequestPart, unboundedIn } from '@kith/http/testing';

import { testGateway, type TestGateway } from './gateway.fixture.ts';

type Parameter = { readonly name: string; readonly in: string; readonly schema: JsonSchema };
type Operation = {
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
};
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

let gateway: TestGateway;
let parts: RequestPart[];
let document: Document;
beforeAll(async () => {
  gateway = await testGateway();
  parts = await requestParts(gateway.app);
  document = (await gateway.call('/openapi.json')).json<Document>();
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('The document bounds every string, array and object of a request', () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
  );
  const bodies = operations.flatMap(({ name, requestBody }) =>
    Object.values(requestBody?.content ?? {}).map(({ schema }) => ({ name: `${name} body`, schema })),
  );
  const parameters = operations.flatMap(({ name, parameters: asked = [] }) =>
    asked
      .map((one) => ('$ref' in one ? (referred(one.$ref) as Parameter) : one))
      // A longer one is not refused: another is put in its place.
      .filter(({ name: called }) => called !== 'X-Request-Id')
      .map(({ name: called, in: place, schema }) => ({ name: `${name} ${place} ${called}`, schema })),
  );
  expect(bodies.map(({ name }) => name)).toContain('post /api/v1/tokens body');
  expect(parameters.map(({ name }) => name)).toContain('get /api/v1/contacts query search');
  const unbounded = [...bodies, ...parameters].flatMap(({ name, schema }) =>
    unboundedIn(schema, name, (ref) => referred(ref) as JsonSchema),
  );
  expect(unbounded).toEqual([]);
});

test('Every route bounds its strings, arrays and objects, also those of the dialects', () => {
  expect(parts.map(({ name }) => name)).toContain('POST /wisedata/api/v1/contact-lists/:listId/contacts body');
  expect(parts.flatMap(({ name, schema }) => unboundedIn(schema, name))).toEqual([]);
});

const referred = (ref: string): unknown =>
  ref
    .slice('#/'.length)
    .split('/')
    .reduce((at: unknown, key) => (at as Record<string, unknown>)[key], document);
