import { Client } from 'pg';

/** Which of the parked messages; what is left out does not matter. */
type Choice = {
  readonly consumer?: string | undefined;
  readonly topic?: string | undefined;
  readonly partition?: string | undefined;
  readonly offset?: string | undefined;
};

type Parked = {
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly reason: string;
  readonly parkedAt: Date;
  readonly retryRequestedAt: Date | null;
};

const PICKED = `($1::text is null or consumer = $1) and ($2::text is null or topic = $2)
            and ($3::int is null or partition = $3) and ($4::bigint is null or "offset" = $4)`;

const parameters = ({ consumer, topic, partition, offset }: Choice) => [consumer, topic, partition, offset];

/** Where they stood and why they are parked; what they say may be a person's and stays where it is. */
export const listParked = (databases: readonly string[], choice: Choice): Promise<Parked[]> =>
  inEach(databases, async (client) => {
    const { rows } = await client.query<Parked>(
      `select consumer, topic, partition, "offset", key, reason,
              parked_at as "parkedAt", retry_requested_at as "retryRequestedAt"
         from parked_messages
        where ${PICKED}
        order by consumer, topic, partition, "offset"`,
      parameters(choice),
    );
    return rows;
  });

/** Has the services try them again; how many. */
export async function retryParked(databases: readonly string[], choice: Choice): Promise<number> {
  const counts = await inEach(databases, async (client) => {
    const { rowCount } = await client.query(
      `update parked_messages set retry_requested_at = now() where ${PICKED}`,
      parameters(choice),
    );
    return [rowCount ?? 0];
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

const UNDEFINED_TABLE = '42P01'; // A service that parks nothing.

async function inEach<Result>(
  databases: readonly string[],
  ask: (client: Client) => Promise<Result[]>,
): Promise<Result[]> {
  const results = databases.map(async (connectionString) => {
    const client = new Client({ connectionString, connectionTimeoutMillis: 5000, query_timeout: 30_000 });
    try {
      await client.connect();
      return await ask(client);
    } catch (error) {
      if (Error.isError(error) && 'code' in error && error.code === UNDEFINED_TABLE) return [];
      throw error;
    } finally {
      await client.end();
    }
  });
  return (await Promise.all(results)).flat();
}
