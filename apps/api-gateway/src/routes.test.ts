import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type DialectName, scope as anyScope } from '@kith/contracts';
import type { FastifyContextConfig, RouteOptions } from 'fastify';

import type { Access } from './access/authorize.ts';
import { OPERATOR, testGateway, type TestGateway, tokenInfo } from './gateway.fixture.ts';

type Route = {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly dialect: string;
  readonly access: Exclude<Access, 'public'>;
  readonly facts: FastifyContextConfig;
};

let gateway: TestGateway;
let routes: Route[];
let publicRoutes: string[];
beforeAll(async () => {
  gateway = await testGateway();
  // The plugins are loaded when the app gets ready, so a route made tomorrow is in here. A hook further in gives each route its dialect.
  const added: RouteOptions[] = [];
  gateway.app.addHook('onRoute', (route) => void added.push(route));
  await gateway.app.ready();
  const methodsOf = ({ method }: RouteOptions) => [method].flat().filter((each) => each !== 'HEAD');
  const nameOf = ({ url }: RouteOptions, method: string) => `${method} ${url}`;
  const isPublic = ({ config }: RouteOptions) => config?.access === 'public';
  publicRoutes = added.filter(isPublic).flatMap((route) => methodsOf(route).map((method) => nameOf(route, method)));
  routes = added
    .filter((route) => !isPublic(route))
    .flatMap((route) =>
      methodsOf(route).map((method) => ({
        name: nameOf(route, method),
        method: method as Route['method'],
        url: route.url,
        dialect: (route.constraints as { dialect?: string } | undefined)?.dialect ?? 'none',
        access: (route.config?.access ?? {}) as Route['access'],
        facts: route.config ?? {},
      })),
    );
});
afterAll(() => gateway[Symbol.asyncDispose]());

const namesOf = (dialect: string) => routes.filter((route) => route.dialect === dialect).map(({ name }) => name);
const call = (route: Route, as: string | null) =>
  gateway.call(pathOf(route), { method: route.method, as, body: route.method === 'GET' ? undefined : {} });

test('All of the native API is in its document, each call under a name of its own', async () => {
  type Document = { paths: Record<string, Record<string, { operationId?: string }>> };
  const { paths } = (await gateway.call('/openapi.json')).json<Document>();
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      name: `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
      operationId,
    })),
  );
  expect(operations.map(({ name }) => name).toSorted()).toEqual(namesOf('native').toSorted());
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});

test('Every route belongs to one API, except the documents, which are public', () => {
  expect(new Set(routes.map(({ dialect }) => dialect))).toEqual(new Set(['native', 'wisedata']));
  const withoutAssets = publicRoutes.filter((name) => !name.startsWith('GET /docs'));
  expect(withoutAssets).toEqual(['GET /openapi.json']);
});

test("The calls of WiseData are the vendor's six, by mount and by token (WD-07, WD-10 to WD-15)", () => {
  const six = [
    'GET /api/v1/contact-lists/all',
    'GET /api/v1/contact-lists/:listId/contacts',
    'POST /api/v1/contact-lists/:listId/contacts',
    'GET /api/v1/contacts/:contactId',
    'PUT /api/v1/contacts/:contactId',
    'DELETE /api/v1/contacts/:contactId',
  ];
  const mounted = six.map((name) => name.replace(' ', ' /wisedata'));
  expect(namesOf('wisedata').toSorted()).toEqual([...six, ...mounted].toSorted());
});

test('Every call says whom it is for, and its 403 names the scope (WD-51)', async () => {
  for (const route of routes) {
    const { scope, operator, anyToken } = route.access;
    expect([route.name, scope ?? operator ?? anyToken]).not.toContain(undefined);
    const scopes = anyScope.options.filter((held) => held !== scope);
    const answer = await call(route, gateway.token({ dialect: route.dialect as DialectName, scopes }));
    if (anyToken) {
      expect(answer.statusCode).toBe(200);
      continue;
    }
    expect([route.name, answer.statusCode]).toEqual([route.name, 403]);
    expect(answer.json<{ message: string }>().message).toContain(scope ?? 'operator');
  }
});

test('No call serves a request without a token, or a plan without this API (WD-50, WD-51)', async () => {
  for (const route of routes) {
    const scopes = anyScope.options;
    const answers = [
      await call(route, null),
      await call(route, gateway.token({ dialect: route.dialect as DialectName, plan: 'free', apiAccess: [], scopes })),
    ];
    expect([route.name, ...answers.map(({ statusCode }) => statusCode)]).toEqual([
      route.name,
      // Without a token there is no saying whose calls those are that need one to be told apart.
      route.dialect === 'wisedata' && !route.url.startsWith('/wisedata') ? expect.any(Number) : 401,
      403,
    ]);
  }
});

test('The operator is let in where a route says so, and nowhere else', async () => {
  for (const route of routes.filter(({ dialect }) => dialect === 'native')) {
    const { statusCode } = await call(route, OPERATOR);
    expect([route.name, statusCode !== 403]).toEqual([route.name, route.access.operator === true]);
  }
});

test('An unknown member of the query is refused by its name, on every call', async () => {
  for (const route of routes.filter(({ dialect }) => dialect === 'native')) {
    const as = route.access.scope || route.access.anyToken ? gateway.token() : OPERATOR;
    // A body is looked at first.
    const body = route.method === 'POST' ? example(route) : route.method === 'PATCH' ? {} : undefined;
    const answer = await gateway.call(`${pathOf(route)}?colour=red`, { method: route.method, as, body });
    expect([route.name, answer.json()]).toMatchObject([
      route.name,
      { status: 422, errors: { colour: [expect.any(String)] } },
    ]);
  }
});

test.each<[string, (facts: FastifyContextConfig) => boolean, Record<string, string>]>([
  ['An If-Match of 1,025 characters', ({ ifMatch }) => ifMatch === true, { 'if-match': `"${'7'.repeat(1_023)}"` }],
  ['A malformed Idempotency-Key', ({ creates }) => creates !== undefined, { 'idempotency-key': 'a b' }],
])('%s is refused by the calls that take the header, and ignored by all others', async (_, takes, headers) => {
  for (const route of routes) {
    const { statusCode } = await valid(route, { headers });
    expect([route.name, statusCode === 400]).toEqual([route.name, takes(route.facts)]);
  }
});

test('An empty body is an empty change where a call says so, and nowhere else', async () => {
  for (const route of routes) {
    const before = gateway.written().length;
    await valid(route, { body: undefined });
    const [sent] = gateway.written().slice(before);
    const isEmptyChange = JSON.stringify(sent?.body) === '{}';
    expect([route.name, isEmptyChange]).toEqual([route.name, route.facts.emptyBody === true]);
  }
});

/** A call that reaches the handler, but for what is changed in it. */
function valid(route: Route, changes: Parameters<TestGateway['call']>[1]) {
  const { method, dialect, access } = route;
  const as = access.scope || access.anyToken ? gateway.token({ dialect: dialect as DialectName }) : OPERATOR;
  const body = method === 'POST' ? example(route) : method === 'PATCH' || method === 'PUT' ? {} : undefined;
  return gateway.call(pathOf(route), { method, as, body, ...changes });
}

const pathOf = ({ url }: Route) =>
  url.replace(':accountId', tokenInfo.accountId).replace(':tokenId', tokenInfo.tokenId).replace(/:\w+/g, '1');
const example = ({ url }: Route) => ({ name: 'Ada', ...(url.endsWith('/accounts') && { plan: 'business' }) });
