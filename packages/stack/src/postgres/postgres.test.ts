import { once } from 'node:events';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';

import { createDatabase } from './database.ts';
import { freePort, LOOPBACK } from '../process/ports.ts';
import { startPostgres } from './postgres.ts';
import { dataElsewhere } from '../testing/elsewhere.ts';
import { temporaryFolder } from '../testing/folder.ts';

let home: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  home = await temporaryFolder();
});
afterAll(async () => home[Symbol.asyncDispose]());

type Options = { port?: number; durable?: boolean; env?: NodeJS.ProcessEnv; log?: (line: string) => void };
const start = (name: string, options: Options = {}) =>
  startPostgres({ folder: join(home.path, name), durable: false, log: () => {}, ...options });

async function run(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

describe('a PostgreSQL of our own', () => {
  test('keeps its data when it is stopped and when it is killed, also in a path with spaces', async () => {
    const name = 'data of Ada';
    const durable = { port: await freePort(), durable: true };
    {
      await using postgres = await start(name, durable);
      const url = await createDatabase(postgres.url, 'contacts');
      await run(url, 'create table t as select 1 as stopped');
    }
    const killed = await start(name, durable);
    const contacts = await createDatabase(killed.url, 'contacts');
    await run(contacts, 'alter table t add column killed int default 2');
    process.kill(killed.pid!, 'SIGKILL');
    await killed.exited;

    await using postgres = await start(name, durable);
    expect(await run(await createDatabase(postgres.url, 'contacts'), 'select * from t')).toEqual([
      { stopped: 1, killed: 2 },
    ]);
  });

  test('keeps its data when its folder is closed to others, also when we are root', async () => {
    const folder = join(home.path, 'closed');
    {
      await using postgres = await start('closed/postgres');
      await run(postgres.url, 'create table t as select 1 as kept');
    }
    await chmod(folder, 0o700);
    const said: string[] = [];
    await using places = new AsyncDisposableStack();
    for (const _ of ['moved', 'found']) {
      await using postgres = await start('closed/postgres', { log: (line) => said.push(line) });
      const elsewhere = dataElsewhere(said.join('\n'));
      if (elsewhere) places.defer(() => rm(elsewhere, { recursive: true, force: true }));
      expect(await run(postgres.url, 'select * from t')).toEqual([{ kept: 1 }]);
      if (elsewhere) expect((await stat(elsewhere)).mode & 0o077).toBe(0);
    }
  });

  test('runs beside another one, accepts only its own password, and sorts as people do', async () => {
    await using one = await start('one');
    await using other = await start('other');
    expect(new URL(one.url).port).not.toBe(new URL(other.url).port);

    const stranger = new URL(one.url);
    stranger.password = new URL(other.url).password;
    await expect(run(stranger.href, 'select 1')).rejects.toThrow('password authentication failed');

    const sorted = `select string_agg(name, ' ' order by name collate "und-x-icu") as names from unnest(array['Zoe', 'ada', 'Émile', 'Bob']) name`;
    expect(await run(one.url, sorted)).toEqual([{ names: 'ada Bob Émile Zoe' }]);
    expect(await run(one.url, `select upper('ä') as upper, current_setting('server_encoding') as encoding`)).toEqual([
      { upper: 'Ä', encoding: 'UTF8' },
    ]);
  });

  test('logs the constraint that a statement violates, and none of its values', async () => {
    await using postgres = await start('discreet');
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(`create table people (email text primary key); set log_statement = 'all'`);
    const insert = () => client.query(`insert into people values ($1)`, ['ada@kith.test']);
    await insert();
    await expect(insert()).rejects.toThrow('people_pkey');
    await client.end();
    const log = await readFile(join(home.path, 'discreet/postgres.log'), 'utf8');
    expect(log).toContain('people_pkey');
    expect(log).not.toContain('ada@kith.test');
  });

  test('starts despite a stale postmaster.pid whose number another program has now', async () => {
    await start('left-over').then((postgres) => postgres[Symbol.asyncDispose]());
    await using other = await start('other');
    const data = join(home.path, 'left-over/data');
    await writeFile(join(data, 'postmaster.pid'), `${other.pid}\n${data}\n`);
    await using postgres = await start('left-over');
    expect(await run(postgres.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('is refused when one already runs on the folder', async () => {
    await using postgres = await start('taken');
    await expect(start('taken')).rejects.toThrow(`A PostgreSQL (process ${postgres.pid}) already runs on`);
  });
});

test('a port in use is refused in a sentence that names it', async () => {
  await using squatter = createServer().listen(await freePort(), LOOPBACK);
  await once(squatter, 'listening');
  const { port } = squatter.address() as { port: number };
  await expect(start('never', { port })).rejects.toThrow(`PostgreSQL cannot listen on port ${port}: it is in use.`);
});

describe('an address in the environment', () => {
  test('is used, and we do not stop the server behind it', async () => {
    const url = process.env['KITH_TEST_DATABASE_URL']!;
    const given = await start('unused', { env: { ...process.env, DATABASE_URL: url } });
    await given[Symbol.asyncDispose]();
    expect(given).toMatchObject({ url, pid: undefined, exited: undefined });
    expect(await run(url, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('that does not answer is an error without its password', async () => {
    const url = `postgres://kith:secret@${LOOPBACK}:${await freePort()}/postgres`;
    const failed = start('unused', { env: { ...process.env, DATABASE_URL: url } });
    await expect(failed).rejects.toThrow('The PostgreSQL of DATABASE_URL does not answer.');
  });
});
