import { expect, test } from '@jest/globals';
import { keyring } from '@kith/event-store';
import { requestParts, unboundedIn } from '@kith/http/testing';
import { Pool } from 'pg';

import { buildApp } from './app.ts';
import { services } from './services.ts';

test('whatever is asked of this service is bounded in size', async () => {
  // Nobody connects: the routes are looked at, not called.
  const deps = services(new Pool(), keyring([Buffer.alloc(32)]));
  await using app = buildApp(deps, { logger: false, internalKeys: [], ready: async () => {} });
  const parts = await requestParts(app);
  expect(parts.map(({ name }) => name)).toContain('POST /contacts body');
  expect(parts.flatMap(({ name, schema }) => unboundedIn(schema, name))).toEqual([]);
});
