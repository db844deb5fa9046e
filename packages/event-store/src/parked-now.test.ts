import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, startNetwork } from '@kith/stack/testing';
import { register } from 'prom-client';

import { diaryDatabase } from './diary.fixture.ts';
import { lots } from './parked-now.ts';
import { parkingLot } from './parking-lot.ts';
import { openPool } from './postgres/pool.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;
beforeAll(async () => {
  database = await diaryDatabase();
});
afterAll(async () => database[Symbol.asyncDispose]());
afterEach(async () => {
  lots.clear();
  await database.pool.query('delete from parked_messages');
});

const message = (offset: string, attempts = 1) => ({
  topic: 'topic',
  partition: 0,
  offset,
  key: 'key',
  headers: {},
  value: null,
  reason: 'unreadable',
  attempts,
  overtakes: false,
});

/** The metric as an operator sees it. */
async function parked(): Promise<Record<string, number>> {
  const { values } = await register.getSingleMetric('kith_parked_messages')!.get();
  return Object.fromEntries(values.map(({ labels, value }) => [String(labels['consumer']), value]));
}

describe('the number of parked messages', () => {
  test('is 0 before anything is parked, and absent for consumers of other processes', async () => {
    await parkingLot(database.pool, 'elsewhere').park([message('1')]);
    lots.clear();
    parkingLot(database.pool, 'reader');
    expect(await parked()).toEqual({ reader: 0 });
  });

  test('counts those that queue behind another, and each consumer’s own', async () => {
    await parkingLot(database.pool, 'reader').park([message('1'), message('2', 0), message('3', 0)]);
    await parkingLot(database.pool, 'other reader').park([message('1')]);
    expect(await parked()).toEqual({ reader: 3, 'other reader': 1 });
  });

  test('falls when one is handled', async () => {
    const lot = parkingLot(database.pool, 'reader');
    await lot.park([message('1'), message('2', 0)]);
    await lot.release(message('1'));
    expect(await parked()).toEqual({ reader: 1 });
    await lot.release(message('2'));
    expect(await parked()).toEqual({ reader: 0 });
  });

  test('is absent, not 0, while its database is away, and is told again when that is back', async () => {
    await using network = await startNetwork(database.url);
    const pool = openPool(network.url);
    await using _ = { [Symbol.asyncDispose]: () => pool.end() };
    await parkingLot(database.pool, 'reader').park([message('1')]);
    await parkingLot(pool, 'far reader').park([message('1')]);
    expect(await parked()).toEqual({ reader: 1, 'far reader': 1 });
    network.close();
    expect(await parked()).toEqual({ reader: 1 });
    network.open();
    await eventually(async () => expect(await parked()).toEqual({ reader: 1, 'far reader': 1 }));
  });
});
