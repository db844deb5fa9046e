import type { Pool } from 'pg';

import { lots } from './parked-now.ts';

/** A message as it stood in its topic, and why it could not be handled. */
type ParkedMessage = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
  readonly reason: string;
  /** How often it failed by itself; 0 while it only queues behind another. */
  readonly attempts: number;
  /** It need not wait for earlier messages of its key. */
  readonly overtakes: boolean;
};

const SEEN_AT_ONCE = 1_000;
const TRIED_AT_ONCE = 100;

/** One that queues behind another is looked at by itself, too, in case the other has vanished. */
const BEHIND_PAUSE = `interval '1 hour'`;

/** A minute, doubled by each attempt after the first, up to an hour. */
const pauseAfter = (attempts: string) =>
  `least(interval '1 minute' * 2 ^ least(${attempts} - 1, 6), interval '1 hour')`;

const THIS = `m.consumer = $1 and m.topic = $2 and m.partition = $3 and m."offset" = $4`;

/** Messages set apart in Postgres, for a consumer of @kith/kafka: what a retry cannot mend must not hold up the other keys. */
export function parkingLot(pool: Pool, consumer: string) {
  lots.set(consumer, pool);
  return {
    /** The keys among these that have parked messages: later ones queue behind them. */
    async parkedKeys(keys: readonly string[]): Promise<ReadonlySet<string>> {
      const { rows } = await pool.query<{ key: string }>(
        `select distinct key from parked_messages where consumer = $1 and key = any($2)`,
        [consumer, keys.map(withoutNul)],
      );
      const parked = new Set(rows.map(({ key }) => key));
      return new Set(keys.filter((key) => parked.has(withoutNul(key))));
    },

    /** The keys among them that have been erased: nothing of those is parked. */
    async park(messages: readonly ParkedMessage[]): Promise<ReadonlySet<string>> {
      const { rows } = await pool.query<{ key: string }>(
        `with erased as (
         select key from erased_keys where key = any($5)
       ), parked as (
         insert into parked_messages (consumer, topic, partition, "offset", key, headers, value, reason, attempts, overtakes, retry_at)
         select $1, m.*, now() + case when attempts = 0 then ${BEHIND_PAUSE} else ${pauseAfter('attempts')} end
           from unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::jsonb[], $7::bytea[], $8::text[], $9::int[], $10::boolean[])
             as m (topic, partition, "offset", key, headers, value, reason, attempts, overtakes)
          where not exists (select from erased where erased.key = m.key)
         on conflict do nothing
       )
       select key from erased`,
        [
          consumer,
          messages.map(({ topic }) => topic),
          messages.map(({ partition }) => partition),
          messages.map(({ offset }) => offset),
          messages.map(({ key }) => key && withoutNul(key)),
          messages.map(({ headers }) => JSON.stringify(headersWithoutNul(headers))),
          messages.map(({ value }) => value),
          messages.map(({ reason }) => withoutNul(reason)),
          messages.map(({ attempts }) => attempts),
          messages.map(({ overtakes }) => overtakes),
        ],
      );
      return new Set(rows.map(({ key }) => key));
    },

    /** Some of those to be tried again now: of each key the oldest alone, as the others may not overtake it. */
    async due(topic: string, partitions: readonly number[]): Promise<readonly ParkedMessage[]> {
      const { rows } = await pool.query<ParkedMessage>(
        `with due as materialized (
           select m.*, m.overtakes or m.key is null or not exists (
                    select from parked_messages o
                     where o.key = m.key and o.consumer = $1 and o.topic = $2 and o."offset" < m."offset") as first
             from (select partition, "offset", key, overtakes, retry_at
                     from parked_messages
                    where consumer = $1 and topic = $2 and partition = any($3) and retry_at <= now()
                    order by retry_at
                    limit ${SEEN_AT_ONCE}) m
         ), behind as (
           update parked_messages m set retry_at = now() + ${BEHIND_PAUSE}
             from due
            where not due.first and m.consumer = $1 and m.topic = $2 and (m.partition, m."offset") = (due.partition, due."offset")
         )
         select m.topic, m.partition, m."offset", m.key, m.headers, m.value, m.reason, m.attempts, m.overtakes
           from (select * from due where first order by retry_at, partition, "offset" limit ${TRIED_AT_ONCE}) due
           join parked_messages m
             on m.consumer = $1 and m.topic = $2 and (m.partition, m."offset") = (due.partition, due."offset")
          order by due.retry_at, m.partition, m."offset"`,
        [consumer, topic, partitions],
      );
      return rows;
    },

    /** It is handled, and the next of its key is due. */
    async release({ topic, partition, offset }: ParkedMessage): Promise<void> {
      await pool.query(
        `with released as (
           delete from parked_messages m where ${THIS} returning m.key
         )
         update parked_messages n set retry_at = now()
           from released r
          where n.key = r.key and n.consumer = $1 and n.topic = $2 and n.attempts = 0
            and n."offset" = (select min(o."offset") from parked_messages o
                               where o.key = r.key and o.consumer = $1 and o.topic = $2
                                 and (o.partition, o."offset") <> ($3, $4))`,
        [consumer, topic, partition, offset],
      );
    },

    /** It failed again: it stays, for a longer pause. Unless its key was erased while it was being parked. */
    async keep({ topic, partition, offset, reason, attempts }: ParkedMessage): Promise<void> {
      await pool.query(
        `with erased as (
         delete from parked_messages m using erased_keys e
          where ${THIS} and e.key = m.key
         returning m.key
       )
       update parked_messages m
          set attempts = $5, reason = $6, retry_at = now() + ${pauseAfter('greatest($5::int, 1)')}
        where ${THIS} and not exists (select from erased)`,
        [consumer, topic, partition, offset, attempts, withoutNul(reason)],
      );
    },
  };
}

/** PostgreSQL stores no NUL, in text or in JSON; a message may have one all the same, and must be parked. */
const withoutNul = (text: string): string => text.replaceAll('\0', '\uFFFD');

const headersWithoutNul = (headers: ParkedMessage['headers']) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [withoutNul(name), withoutNul(value)]));
