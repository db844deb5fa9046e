import type { Pool } from 'pg';

/** A message as it stood in its topic, and why it could not be handled. */
type ParkedMessage = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer | null;
  readonly reason: string;
};

/** Messages set apart in Postgres, for a consumer of @kith/kafka: what a retry cannot mend must not hold up the other keys. */
export const parkingLot = (pool: Pool, consumer: string) => ({
  /** Of these keys, those that messages are parked for: later ones queue behind them. */
  async parkedKeys(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await pool.query<{ key: string }>(
      `select distinct key from parked_messages where consumer = $1 and key = any($2)`,
      [consumer, keys],
    );
    return new Set(rows.map(({ key }) => key));
  },

  async park(messages: readonly ParkedMessage[]): Promise<void> {
    await pool.query(
      `insert into parked_messages (consumer, topic, partition, "offset", key, headers, value, reason)
       select $1, * from unnest($2::text[], $3::int[], $4::bigint[], $5::text[], $6::jsonb[], $7::bytea[], $8::text[])
       on conflict do nothing`,
      [
        consumer,
        messages.map(({ topic }) => topic),
        messages.map(({ partition }) => partition),
        messages.map(({ offset }) => offset),
        messages.map(({ key }) => key),
        messages.map(({ headers }) => JSON.stringify(headers)),
        messages.map(({ value }) => value),
        messages.map(({ reason }) => reason),
      ],
    );
  },

  /** Those that an operator asked to be tried again, oldest first. */
  async due(): Promise<readonly ParkedMessage[]> {
    const { rows } = await pool.query<ParkedMessage>(
      `select topic, partition, "offset", key, headers, value, reason
         from parked_messages
        where consumer = $1 and retry_requested_at is not null
        order by topic, partition, "offset"
        limit 100`,
      [consumer],
    );
    return rows;
  },

  async release({ topic, partition, offset }: ParkedMessage): Promise<void> {
    await pool.query(
      `delete from parked_messages where consumer = $1 and topic = $2 and partition = $3 and "offset" = $4`,
      [consumer, topic, partition, offset],
    );
  },

  /** It failed again: it stays, until it is asked for once more. */
  async keep({ topic, partition, offset, reason }: ParkedMessage): Promise<void> {
    await pool.query(
      `update parked_messages set retry_requested_at = null, reason = $5
        where consumer = $1 and topic = $2 and partition = $3 and "offset" = $4`,
      [consumer, topic, partition, offset, reason],
    );
  },
});
