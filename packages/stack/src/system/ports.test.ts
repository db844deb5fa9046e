import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { rememberedPorts } from './ports.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kith-ports-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a restart keeps every port except one that another program has taken', async () => {
  const file = join(folder, 'ports.json');
  const first = await rememberedPorts(file, 0);
  expect(await rememberedPorts(file, 0)).toEqual(first);

  const other = createServer().listen(first.kafka, '127.0.0.1');
  await once(other, 'listening');
  const { kafka, ...rest } = await rememberedPorts(file, 0);
  other.close();
  expect(rest).toEqual({ postgres: first.postgres, services: first.services });
  expect(kafka).not.toBe(first.kafka);
});
