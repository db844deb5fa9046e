import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { diaryDatabase } from './diary.fixture.ts';
import { parkingLot } from './parking-lot.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;
let lot: ReturnType<typeof parkingLot>;

beforeAll(async () => {
  database = await diaryDatabase();
  lot = parkingLot(database.pool, 'reader');
});
afterAll(async () => database[Symbol.asyncDispose]());

const message = (offset: string, key: string | null) => ({
  topic: 'topic',
  partition: 3,
  offset,
  key,
  headers: { ce_type: 'Happened' },
  value: Buffer.from([0xff, 0x00]),
  reason: 'unreadable',
});

test('a parked message is kept as it stood, once, and its key is known to be parked', async () => {
  await lot.park([message('1', 'a'), message('2', null)]);
  await lot.park([message('1', 'a')]);
  expect(await lot.parkedKeys(['a', 'b'])).toEqual(new Set(['a']));
  const { rows } = await database.pool.query(`select "offset", value, headers from parked_messages order by "offset"`);
  const { value, headers } = message('1', 'a');
  expect(rows).toEqual([
    { offset: '1', value, headers },
    { offset: '2', value, headers },
  ]);
});

test('what an operator asks for is due, until it is released or fails again', async () => {
  await lot.park([message('11', 'c'), message('10', 'c')]);
  expect(await lot.due()).toEqual([]);
  await database.pool.query(`update parked_messages set retry_requested_at = now() where key = 'c'`);
  expect(await lot.due()).toEqual([message('10', 'c'), message('11', 'c')]);

  await lot.release(message('10', 'c'));
  await lot.keep({ ...message('11', 'c'), reason: 'still unreadable' });
  expect(await lot.due()).toEqual([]);
  expect(await lot.parkedKeys(['c'])).toEqual(new Set(['c']));
});

test("another consumer's parked messages are not its own", async () => {
  const other = parkingLot(database.pool, 'other reader');
  await lot.park([message('20', 'd')]);
  expect(await other.parkedKeys(['d'])).toEqual(new Set());
});
