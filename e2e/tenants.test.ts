import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startSystem, type System } from '@kith/stack/testing';

import { type Call, client, type Reply } from './client.ts';

// Everything of A's bears this name. If it reaches B, data has leaked.
const CANARY = 'Zanthoxylum';

type Ids = Readonly<Record<string, string>>;
type Operation = { readonly requestBody?: unknown };
type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, { readonly example?: object }>> };
};

const document = JSON.parse(readFileSync(join(import.meta.dirname, '../docs/openapi.json'), 'utf8')) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path: path.replace('/api/v1', ''),
    body: operation.requestBody,
  })),
);

type Tenant = Awaited<ReturnType<System['newTenant']>> & { readonly call: Call; readonly ids: Ids };

let system: System;
let a: Tenant;
let b: Tenant;
let whatAHas: string[];

beforeAll(async () => {
  system = await startSystem();
  a = await settle(CANARY);
  b = await settle('Bellflower');
  whatAHas = await everythingOfA();
}, 120_000);
afterAll(async () => system[Symbol.asyncDispose](), 60_000);

/** Creates a tenant with one resource of every kind that has an id. */
async function settle(name: string): Promise<Tenant> {
  const tenant = await system.newTenant({ name });
  const call = client(system.gatewayUrl, tenant.token);
  const list = (await call('POST', '/contact-lists', { name: `${name} list` })).data as { id: number };
  const contact = (
    await call('POST', `/contact-lists/${list.id}/contacts`, {
      name: `${name} Person`,
      email: `${name}@kith.test`,
      phone: '+14155552671',
    })
  ).data as { id: number };
  const [token] = (await call('GET', '/tokens')).data as { id: string }[];
  const { accountId, workspaceId } = tenant;
  const ids = { contactId: String(contact.id), listId: String(list.id), tokenId: token!.id, accountId, workspaceId };
  return { ...tenant, call, ids };
}

const parametersOf = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

/** Fills the ids in a path with A's or B's own, in every combination but the one with B's own only. */
function foreignPaths(path: string): string[] {
  const parameters = parametersOf(path);
  return Array.from({ length: 2 ** parameters.length - 1 }, (_, ofB) =>
    parameters.reduce((url, name, bit) => {
      const id = (ofB & (1 << bit) ? b : a).ids[name];
      if (id === undefined) throw new Error(`Give both tenants a ${name}, so that ${path} can be asked for A's.`);
      return url.replace(`{${name}}`, id);
    }, path),
  );
}

/** The document's example of a body, with A's ids in it. */
function bodyOf(path: string, requestBody: unknown): object | undefined {
  if (requestBody === undefined) return undefined;
  const example = exampleIn(requestBody);
  if (!example) throw new Error(`Give the body of ${path} an example.`);
  const foreign = Object.entries(example).map(([name, value]) => [name, name in a.ids ? ofType(value, name) : value]);
  return Object.fromEntries(foreign) as object;
}

const ofType = (value: unknown, name: string) => (typeof value === 'number' ? Number(a.ids[name]) : a.ids[name]);

function exampleIn(part: unknown): object | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  if ('example' in part) return part.example as object;
  if ('$ref' in part) return exampleIn(document.components.schemas[String(part.$ref).split('/').pop() ?? '']);
  for (const inner of Object.values(part)) {
    const found = exampleIn(inner);
    if (found) return found;
  }
  return undefined;
}

function expectNothingOfA({ text, headers }: Reply, asked: Ids[string]): void {
  const answer = `${text}\n${[...headers].join('\n')}`;
  for (const secret of [CANARY, CANARY.toLowerCase(), a.token, a.workspaceId, a.accountId, a.ids['tokenId']!]) {
    // Values that B itself sent do not count.
    if (!asked.includes(secret)) expect(answer).not.toContain(secret);
  }
}

async function everythingOfA(): Promise<string[]> {
  const { contactId, listId } = a.ids;
  const paths = ['/contact-lists/all', `/contacts/${contactId}`, `/contact-lists/${listId}/contacts`, '/tokens'];
  const replies = await Promise.all(paths.map((path) => a.call('GET', path)));
  expect(replies.map(({ status }) => status)).toEqual(paths.map(() => 200));
  expect(replies.every(({ text }) => text.includes(CANARY))).toBe(true);
  // Checks in the background change statuses, and using tokens changes their last use.
  return replies.map(({ text }) => text.replaceAll(/"(\w+Status|updatedAt|version|lastUsedAt)":[^,}]*/g, ''));
}

describe("with B's token and A's ids", () => {
  test.each(operations)('$name reveals nothing of A', async ({ method, path, body }) => {
    const isOperators = path.startsWith('/accounts');
    const urls = parametersOf(path).length > 0 ? foreignPaths(path) : [path];
    for (const url of urls) {
      const sent = bodyOf(path, body);
      const reply = await b.call(method, url, sent);
      expectNothingOfA(reply, `${url}${JSON.stringify(sent)}`);
      if (isOperators) expect(reply.status).toBe(403);
      else if (url !== path) expect(reply.status).toBe(404);
      else expect(reply.status).toBeLessThan(500);
    }
  });

  test.each(operations)("$name reveals nothing of A under the vendor's path", async ({ method, path, body }) => {
    const token = await system.issueToken({ workspaceId: b.workspaceId, dialect: 'wisedata' });
    const call = client(`${system.gatewayUrl}/wisedata`, token);
    for (const url of parametersOf(path).length > 0 ? foreignPaths(path) : [path]) {
      const sent = bodyOf(path, body);
      const reply = await call(method, url, sent);
      expectNothingOfA(reply, `${url}${JSON.stringify(sent)}`);
      expect(url === path ? [reply.status] : [403, 404, 405]).toContain(reply.status);
    }
  });

  test.each([
    `/contact-lists/{listId}/contacts?search=${CANARY}`,
    `/contacts?search=${CANARY.toLowerCase()}`,
    '/contacts?sort=name&order=asc&per_page=100',
    '/tokens?workspaceId={workspaceId}',
  ])('GET %s finds nothing of A', async (path) => {
    const url = path.replace('{listId}', b.ids['listId']!).replace('{workspaceId}', a.workspaceId);
    const reply = await b.call('GET', url);
    expectNothingOfA(reply, url);
    expect(reply.text).not.toContain(`${CANARY} Person`);
  });

  test('nothing of A has changed', async () => {
    expect(await everythingOfA()).toEqual(whatAHas);
  });
});
