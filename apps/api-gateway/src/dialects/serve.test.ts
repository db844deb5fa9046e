import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { bearerToken } from '../access/credentials.ts';
import { readsAndWrites } from '../budgets/reads-and-writes.ts';
import { OPERATOR, testGateway, type TestGateway } from '../gateway.fixture.ts';
import type { Dialect } from './dialect.ts';
import { serve } from './serve.ts';

let gateway: TestGateway;
let served: unknown[];
beforeAll(async () => {
  gateway = await testGateway();
  const careless: Dialect = {
    name: 'waply',
    credential: bearerToken,
    windows: readsAndWrites,
    problem: ({ status }) => ({ headers: {}, body: { status } }),
    plugin: async (app) => {
      app.get('/careless', async ({ principal }) => served.push(principal));
      app.get('/native', { constraints: { dialect: 'native' } }, async ({ principal }) => served.push(principal));
      app.get('/meant', { config: { access: 'public' } }, async ({ principal }) => served.push(principal));
      app.get('/for-any', { config: { access: { anyToken: true } } }, async ({ principal }) => served.push(principal));
    },
  };
  serve(gateway.app, careless, {} as never);
  gateway.app.register(async (app) => {
    app.get('/elsewhere', async ({ principal }) => served.push(principal));
  });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(() => {
  served = [];
});

const waply = (apiAccess: ('waply' | 'native')[] = ['waply']) => gateway.token({ dialect: 'waply', apiAccess });
const statuses = async (path: string, ...callers: (string | null)[]) => {
  const answers = [];
  for (const as of callers) answers.push((await gateway.call(path, { as })).statusCode);
  return answers;
};

describe('A plugin without any authentication of its own', () => {
  test('serves nobody', async () => {
    const callers = [null, OPERATOR, gateway.token(), waply()];
    expect(await statuses('/waply/careless', ...callers)).toEqual([401, 401, 401, 403]);
    expect(await statuses('/careless', null, OPERATOR, gateway.token(), waply())).toEqual([404, 404, 404, 403]);
    expect(served).toEqual([]);
  });

  test('serves nobody where it is registered past the list of the APIs', async () => {
    expect(await statuses('/elsewhere', null, OPERATOR, gateway.token())).toEqual([401, 403, 403]);
    expect(served).toEqual([]);
  });

  test('answers no call of another API, even where its route says so', async () => {
    expect(await statuses('/native', null, OPERATOR, gateway.token(), waply())).toEqual([404, 404, 404, 403]);
    expect(served).toEqual([]);
  });

  test('stays out of the OpenAPI document', async () => {
    const { paths } = (await gateway.call('/openapi.json')).json<{ paths: object }>();
    const named = Object.keys(paths).filter((path) => /careless|native|meant|for-any/.test(path));
    expect(named).toEqual([]);
  });
});

test('A route that is for any token serves those of its API whose plan has it', async () => {
  const path = '/waply/for-any';
  expect(await statuses(path, null, gateway.token(), waply(['native']), waply())).toEqual([401, 401, 403, 200]);
  expect(served).toMatchObject([{ dialect: 'waply' }]);
});

test('A public route answers anybody, and acts on nobody’s behalf', async () => {
  expect(await statuses('/waply/meant', null, OPERATOR, gateway.token(), waply())).toEqual([200, 200, 200, 200]);
  expect(served).toEqual([undefined, undefined, undefined, undefined]);
});
