import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type CreatedToken, isWellFormedToken } from '@kith/contracts/tokens';
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';

import { account, OPERATOR, serveContacts, testGateway, type TestGateway, tokenInfo } from '../gateway.fixture.ts';

type Operation = {
  requestBody?: { content: Record<string, { schema: { example?: unknown } }> };
  responses: Record<string, unknown>;
};
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { example?: unknown }> };
};

let gateway: TestGateway;
let document: Document;
beforeAll(async () => {
  gateway = await testGateway();
  document = (await gateway.call('/openapi.json')).json<Document>();
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('docs/openapi.json is what is served; after a change: npm run -w apps/api-gateway openapi', async () => {
  const committed: unknown = JSON.parse(
    await readFile(join(import.meta.dirname, '../../../../docs/openapi.json'), 'utf8'),
  );
  expect(document).toEqual(committed);
});

test('Every reference in the document leads somewhere', () => {
  for (const [, path = ''] of JSON.stringify(document).matchAll(/"#\/([^"]+)"/g)) {
    const found = path.split('/').reduce((at, key) => (at as Record<string, unknown>)?.[key], document as unknown);
    expect([path, typeof found]).toEqual([path, 'object']);
  }
});

test('Every schema in the document has an example, which is valid', () => {
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true })).addSchema(document, 'document');
  for (const [name, { example }] of Object.entries(document.components.schemas)) {
    const valid = ajv.validate({ $ref: `document#/components/schemas/${name}` }, example);
    expect([name, valid, ajv.errors]).toEqual([name, true, null]);
  }
});

test('The token in the document opens nothing, and no scanner takes it for a leaked one', () => {
  const { example } = document.components.schemas['CreatedToken'] as { example: CreatedToken };
  expect([isWellFormedToken(example.token), example.token.slice(-4)]).toEqual([false, example.preview]);
});

test('Every example in the document works', async () => {
  serveContacts(gateway);
  const created = { status: 201, body: account };
  gateway.serve('POST /accounts', created);
  gateway.serve('POST /tokens', created);
  gateway.serve(`PATCH /accounts/${tokenInfo.accountId}`, { body: account });
  const tenant = gateway.token();

  const outcomes: [string, number][] = [];
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, { requestBody, responses }] of Object.entries(operations)) {
      const body = requestBody?.content['application/json']?.schema.example;
      if (!requestBody) continue;
      const url = path
        .replace('{listId}', '1')
        .replace('{contactId}', '123')
        .replace('{accountId}', tokenInfo.accountId);
      const as = path.includes('/accounts') ? OPERATOR : tenant;
      const answer = await gateway.call(url, { method: method.toUpperCase() as 'POST' | 'PATCH', body, as });
      expect(Object.keys(responses)).toContain(String(answer.statusCode));
      outcomes.push([`${method} ${path}`, answer.statusCode]);
    }
  }
  expect(outcomes).toEqual([
    ['post /api/v1/contacts', 201],
    ['put /api/v1/contacts/{contactId}', 200],
    ['patch /api/v1/contacts/{contactId}', 200],
    ['post /api/v1/contact-lists', 201],
    ['patch /api/v1/contact-lists/{listId}', 200],
    ['post /api/v1/contact-lists/{listId}/contacts', 201],
    ['post /api/v1/tokens', 201],
    ['post /api/v1/accounts', 201],
    ['patch /api/v1/accounts/{accountId}', 200],
  ]);
});
