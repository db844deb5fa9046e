import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { register } from 'prom-client';

import { diaryDatabase } from './diary.fixture.ts';
import { forgetErased } from './erasure.ts';
import { parkingLot } from './parking-lot.ts';
import { allInOne } from './postgres/sql.ts';

let database: Awaited<ReturnType<typeof diaryDatabase>>;
let lot: ReturnType<typeof parkingLot>;

beforeAll(async () => {
  database = await diaryDatabase();
  lot = parkingLot(database.pool, 'reader');
});
afterAll(async () => database[Symbol.asyncDispose]());

const failed = (offset: string, key: string | null) => ({
  topic: 'topic',
  partition: 3,
  offset,
  key,
  headers: { ce_type: 'Happened' },
  value: Buffer.from([0xff, 0x00]),
  reason: 'unreadable',
  attempts: 1,
  overtakes: false,
});
const behind = (offset: string, key: string) => ({ ...failed(offset, key), reason: 'behind', attempts: 0 });

const due = async () => (await lot.due('topic', [3])).map(({ key, offset }) => `${key} ${offset}`);
const ask = (key: string) => database.pool.query(`update parked_messages set retry_at = now() where key = $1`, [key]);
const parked = async (key: string) => {
  const { rows } = await database.pool.query(`select "offset" from parked_messages where key = $1 order by 1`, [key]);
  return rows.map(({ offset }: { offset: string }) => offset);
};
/** Runs what an erasure runs. */
async function erase(key: string) {
  const projections = forgetErased('diary', () => true);
  const { text, values } = allInOne(projections.map((projection) => projection([{ id: key, before: 0, after: 0 }])));
  await database.pool.query(text, [...values]);
}

test('a parked message is kept as it stood, once, and its key is known to be parked', async () => {
  await lot.park([failed('1', 'a'), failed('2', null)]);
  await lot.park([failed('1', 'a')]);
  expect(await lot.parkedKeys(['a', 'b'])).toEqual(new Set(['a']));
  const { rows } = await database.pool.query(`select "offset", value, headers from parked_messages order by "offset"`);
  const { value, headers } = failed('1', 'a');
  expect(rows).toEqual([
    { offset: '1', value, headers },
    { offset: '2', value, headers },
  ]);
});

test("another consumer's parked messages are not its own", async () => {
  const other = parkingLot(database.pool, 'other reader');
  await lot.park([failed('20', 'd')]);
  expect(await other.parkedKeys(['d'])).toEqual(new Set());
});

test('a message with a NUL in its key, headers or reason is parked like any other', async () => {
  const odd = { ...failed('30', 'n\0n'), headers: { 'x\0': 'y\0', plain: '\\u0000' }, reason: 'why\0' };
  await lot.park([odd, failed('31', 'm')]);
  expect(await lot.parkedKeys(['n\0n', 'm', 'nn'])).toEqual(new Set(['n\0n', 'm']));
  const { rows } = await database.pool.query(`select headers, reason from parked_messages where "offset" = 30`);
  expect(rows).toEqual([{ headers: { 'x\uFFFD': 'y\uFFFD', plain: '\\u0000' }, reason: 'why\uFFFD' }]);
});

test('how many are parked is told, and nothing else is lost while the database is away', async () => {
  const gone = { query: () => Promise.reject(new Error('away')) } as never;
  parkingLot(gone, 'reader of nothing');
  const { values } = await register.getSingleMetric('kith_parked_messages')!.get();
  expect(values).toContainEqual({ labels: { consumer: 'reader' }, value: expect.any(Number) });
  expect(values.map(({ labels }) => labels['consumer'])).not.toContain('reader of nothing');
});

describe('a parked message is tried again', () => {
  test('later, and those of its key after it, in their order', async () => {
    await lot.park([behind('41', 'e'), failed('40', 'e'), behind('42', 'e')]);
    expect(await due()).toEqual([]);
    await ask('e');
    expect(await due()).toEqual(['e 40']);
    expect(await lot.due('topic', [4])).toEqual([]);
    expect(await lot.due('other topic', [3])).toEqual([]);

    await lot.release(failed('40', 'e'));
    // Its turn has come.
    expect(await due()).toEqual(['e 41']);
    await lot.keep({ ...behind('41', 'e'), attempts: 1, reason: 'unreadable' });
    expect(await due()).toEqual([]);
    expect(await parked('e')).toEqual(['41', '42']);
  });

  test('although the one that it queued behind has vanished', async () => {
    await lot.park([failed('45', 'q'), behind('46', 'q'), behind('47', 'q')]);
    await database.pool.query(`delete from parked_messages where key = 'q' and "offset" = 45`);
    await ask('q');
    expect(await due()).toEqual(['q 46']);
    // The other one is not looked at each time.
    const { rows } = await database.pool.query(
      `select "offset" from parked_messages where key = 'q' and retry_at > now()`,
    );
    expect(rows).toEqual([{ offset: '47' }]);
    await lot.release(behind('46', 'q'));
    expect(await due()).toEqual(['q 47']);
    await lot.release(behind('47', 'q'));
  });

  test('after a minute, then after pauses that grow up to an hour', async () => {
    const pauses: number[] = [];
    const pause = async () => {
      const { rows } = await database.pool.query<{ minutes: number }>(
        `select round(extract(epoch from retry_at - now()) / 60)::int as minutes from parked_messages where key = 'f'`,
      );
      pauses.push(rows[0]!.minutes);
    };
    await lot.park([failed('50', 'f')]);
    await pause();
    for (const attempts of [2, 3, 4, 5, 6, 7, 8, 100, 5_000]) {
      await lot.keep({ ...failed('50', 'f'), attempts });
      await pause();
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    // One that was kept for an outage failed never by itself, and pauses all the same.
    await lot.keep({ ...failed('50', 'f'), attempts: 0 });
    await pause();
    expect(pauses.at(-1)).toBe(1);
  });

  test('without waiting for earlier ones of its key if it overtakes', async () => {
    await lot.park([failed('60', 'g'), { ...failed('61', 'g'), overtakes: true }, behind('62', 'g')]);
    await database.pool.query(`update parked_messages set retry_at = now() where key = 'g' and "offset" > 60`);
    expect(await due()).toEqual(['g 61']);
  });

  test('by itself if it has no key', async () => {
    await lot.park([failed('70', null), failed('71', null)]);
    await database.pool.query(`update parked_messages set retry_at = now() where "offset" in (70, 71)`);
    expect(await due()).toEqual(expect.arrayContaining(['null 70', 'null 71']));
  });
});

describe('of an erased key', () => {
  test('what is parked goes, and nothing is parked again', async () => {
    await lot.park([failed('80', 'h'), behind('81', 'h')]);
    await erase('h');
    expect(await parked('h')).toEqual([]);
    expect(await lot.park([failed('82', 'h'), failed('83', 'i'), failed('84', null)])).toEqual(new Set(['h']));
    expect([await parked('h'), await parked('i')]).toEqual([[], ['83']]);
    await erase('h');
  });

  test('what another reader was just parking goes when it is tried again', async () => {
    await lot.park([failed('90', 'j'), failed('91', 'k')]);
    await database.pool.query(`insert into erased_keys values ('j')`);
    await lot.keep({ ...failed('90', 'j'), attempts: 2 });
    await lot.keep({ ...failed('91', 'k'), attempts: 2 });
    expect([await parked('j'), await parked('k')]).toEqual([[], ['91']]);
  });
});
