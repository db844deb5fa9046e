import { expect, test } from '@jest/globals';
import { requestParts, unboundedIn } from '@kith/http/testing';
import { Pool } from 'pg';

import { buildApp } from './app.ts';
import { services } from './services.ts';

test('every string, array and object of a request is bounded in size', async () => {
  // No connection is made: the test reads the routes and calls none.
  const deps = services(new Pool());
  await using app = buildApp(deps, { logger: false, internalKeys: [], ready: async () => {} });
  const parts = await requestParts(app);
  expect(parts.map(({ name }) => name)).toContain('POST /tokens body');
  expect(parts.flatMap(({ name, schema }) => unboundedIn(schema, name))).toEqual([]);
});
