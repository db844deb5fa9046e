import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { testDatabase } from '@kith/stack/testing';
import pg from 'pg';

import { allInOne, prepared } from './sql.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let client: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  client = new pg.Client({ connectionString: database.url });
  // The database may be dropped before the server has read that the connection ends.
  client.on('error', () => {});
  await client.connect();
  await client.query('create table notes (id int primary key, text text); create table counts (notes int)');
});
afterAll(async () => {
  await client.end();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => void (await client.query('truncate notes, counts')));

const note = (id: number, text: string) => ({ text: 'insert into notes values ($1, $2)', values: [id, text] });
const notes = async () =>
  (await client.query({ text: 'select id, text from notes order by id', rowMode: 'array' })).rows;

async function ask({ text, values }: { text: string; values: readonly unknown[] }) {
  await client.query(text, [...values]);
}

describe('several statements in one', () => {
  test('are all carried out, each with its own values', async () => {
    await ask(allInOne([note(1, 'one'), note(2, 'two'), note(3, '$1')]));
    expect(await notes()).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, '$1'],
    ]);
  });

  test('keep their values apart where there are more than ten of them', async () => {
    const many = {
      text: `insert into notes values ${[1, 3, 5, 7, 9, 11].map((n) => `($${n}, $${n + 1})`).join(', ')}`,
      values: [1, 2, 3, 4, 5, 6].flatMap((id) => [id, `note ${id}`]),
    };
    await ask(allInOne([note(0, 'note 0'), many]));
    expect(await notes()).toEqual([0, 1, 2, 3, 4, 5, 6].map((id) => [id, `note ${id}`]));
  });

  test('may use one value twice', async () => {
    await ask(allInOne([note(1, 'one'), { text: 'insert into notes values ($1::int, $1::int::text)', values: [2] }]));
    expect(await notes()).toEqual([
      [1, 'one'],
      [2, '2'],
    ]);
  });

  test('share one fate: where one is refused, none is carried out', async () => {
    await expect(ask(allInOne([note(1, 'one'), note(2, 'two'), note(1, 'again')]))).rejects.toMatchObject({
      code: '23505',
    });
    expect(await notes()).toEqual([]);
  });

  test('see what there was before all of them', async () => {
    await ask(note(1, 'before'));
    await ask(allInOne([note(2, 'beside'), { text: 'insert into counts select count(*) from notes', values: [] }]));
    expect((await client.query('select notes from counts')).rows).toEqual([{ notes: 1 }]);
    expect(await notes()).toHaveLength(2);
  });

  test('are those that there are: a part may be left out anywhere', async () => {
    const statement = allInOne([undefined, note(1, 'one'), undefined, note(2, 'two'), undefined]);
    expect(statement).toEqual(allInOne([note(1, 'one'), note(2, 'two')]));
    await ask(statement);
    expect(await notes()).toHaveLength(2);
  });
});

describe('a prepared statement', () => {
  const names = async () =>
    (await client.query<{ name: string }>('select name from pg_prepared_statements order by 1')).rows.map(
      ({ name }) => name,
    );

  test('is planned once on a connection, whatever its values', async () => {
    await client.query(prepared(note(1, 'one')));
    const planned = await names();
    await client.query(prepared(note(2, 'two')));
    expect(planned).toHaveLength(1);
    expect(await names()).toEqual(planned);
    expect(await notes()).toHaveLength(2);
  });

  test('is never mistaken for another, however long both begin alike', async () => {
    const comment = `/* ${'alike '.repeat(1_000)} */`;
    const [one, two] = [1, 2].map((n) => prepared({ text: `${comment} select ${n} as n`, values: [] }));
    const { rows: ones } = await client.query<{ n: number }>(one!);
    const { rows: twos } = await client.query<{ n: number }>(two!);
    expect([ones, twos]).toEqual([[{ n: 1 }], [{ n: 2 }]]);
    // Postgres cuts a longer name off.
    expect(await names()).toEqual(expect.arrayContaining([one!.name, two!.name]));
  });
});
