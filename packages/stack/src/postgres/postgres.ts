import { dockerPostgres } from '../process/docker.ts';
import { query } from './database.ts';
import { embeddedPostgres } from './embedded-postgres.ts';
import { firstWay, type Progress, type Way } from '../process/way.ts';

export type PostgresOptions = {
  /** Holds the data, the password and the log. */
  readonly folder: string;
  readonly port?: number;
  /** False for tests: a crash of the machine may cost the data. */
  readonly durable: boolean;
  readonly log: Progress;
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
};

export type Postgres = AsyncDisposable & {
  /** Of the superuser and the database `postgres`. */
  readonly url: string;
  /** Where the process is ours. */
  readonly pid: number | undefined;
  readonly exited: Promise<void> | undefined;
};

/** PostgreSQL 18, by the first way that applies: `DATABASE_URL`, the programs that npm brought, Docker (`KITH_STACK=docker` forces it). */
export const startPostgres = (options: PostgresOptions): Promise<Postgres> =>
  firstWay('PostgreSQL', [given(options), embeddedPostgres(options), dockerPostgres(options)], options.log);

const given = ({ env = process.env }: PostgresOptions): Way<Postgres> => ({
  name: 'environment',
  async find() {
    const url = env['DATABASE_URL'];
    if (!url) return { reason: 'DATABASE_URL is not set' };
    return {
      async start() {
        await query(url, 'select 1').catch((error: unknown) => {
          throw new Error('The PostgreSQL of DATABASE_URL does not answer.', { cause: error });
        });
        return { url, pid: undefined, exited: undefined, async [Symbol.asyncDispose]() {} };
      },
    };
  },
});
