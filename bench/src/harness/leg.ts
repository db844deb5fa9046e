import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { Topic } from '@kith/contracts/topics';
import { consume, type KafkaConnection, type Outgoing, produce } from '@kith/kafka';
import { createDatabase, createTopics } from '@kith/stack';
import { Pool } from 'pg';
import { z } from 'zod';

import type { System } from './system.ts';

const POLL_MS = 5;

const passed = z.object({ type: z.literal('Passed'), data: z.object({}) });
type Passed = z.infer<typeof passed>;
const topic: Topic<Passed> = { name: 'leg.v1', schema: passed, types: ['Passed'] };

/** The path from one service's database to another's, with nothing in between but a poll and Kafka. */
export type Leg = AsyncDisposable & {
  /** Inserts a row, which the relay reads and sends and the reader inserts in a transaction. Resolves after that commit. */
  readonly pass: () => Promise<void>;
};

export async function startLeg(system: System, connection: KafkaConnection): Promise<Leg> {
  await using resources = new AsyncDisposableStack();
  const kafka = { ...connection, prefix: 'bench' };
  await createTopics(system.kafkaBrokers, [`bench.${topic.name}`]);
  const connectionString = await createDatabase(system.databases.contacts, 'bench_leg');
  const pool = resources.adopt(new Pool({ connectionString, max: 8 }), (p) => p.end());
  await pool.query(`create table outbox (position bigint generated always as identity primary key, id text not null)`);
  await pool.query(`create table seen (id text primary key)`);

  const waiting = new Map<string, () => void>();
  const consumer = resources.use(
    await consume(kafka, {
      group: 'bench-leg',
      topic,
      async handle(messages) {
        const ids = messages.map(({ key }) => key);
        await pool.query(`insert into seen select unnest($1::text[]) on conflict do nothing`, [ids]);
        for (const id of ids) waiting.get(id)?.();
      },
    }),
  );
  const producer = resources.use(await produce(kafka, topic));
  await consumer.joined;

  const stopping = new AbortController();
  const relaying = relay(pool, (ids) => producer.send(ids.map(message)), stopping.signal);
  resources.defer(async () => {
    stopping.abort();
    await relaying;
  });

  const opened = resources.move();
  return {
    async pass() {
      const id = randomUUID();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(id, resolve);
      await pool.query({ name: 'insert', text: `insert into outbox (id) values ($1)`, values: [id] });
      await promise;
      waiting.delete(id);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function relay(pool: Pool, send: (ids: readonly string[]) => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // This is good enough for a floor. A real relay must not skip transactions that commit late.
    const { rows } = await pool.query<{ id: string }>({
      name: 'take',
      text: `delete from outbox where position in (select position from outbox order by position limit 500) returning id`,
    });
    if (rows.length > 0) await send(rows.map(({ id }) => id));
    else await delay(POLL_MS);
  }
}

const message = (id: string): Outgoing<Passed> => ({
  key: id,
  id: randomUUID(),
  source: '/bench',
  subject: id,
  time: new Date(),
  sequence: 1,
  event: { type: 'Passed', data: {} },
});
