import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '@jest/globals';
import { register } from 'prom-client';

import { outcomes } from './metrics.ts';

const operations = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
const ours = register.getMetricsAsArray().map(({ name }) => name);

test('docs/operations.md names the metrics that there are', () => {
  const documented = operations.match(/kith_kafka_[a-z_]+/g) ?? [];
  expect(new Set(documented)).toEqual(new Set(ours));
});

test('docs/operations.md names the outcomes that messages have', () => {
  const [, list = ''] = /`kith_kafka_messages_total\{topic, outcome\}`[^\n]*?: ([^\n|]*)/.exec(operations) ?? [];
  expect(new Set([...list.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name))).toEqual(new Set(outcomes));

  const queried = [...operations.matchAll(/outcome=~?"([^"]+)"/g)].flatMap(([, names = '']) => names.split('|'));
  expect(queried).not.toEqual([]);
  for (const name of queried) expect(outcomes).toContain(name);
});
