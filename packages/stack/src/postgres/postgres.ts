import { dockerPostgres } from './docker.ts';
import { execute } from './database.ts';
import { embeddedPostgres } from './embedded.ts';
import { firstWay, type Postgres, type PostgresOptions, type Way } from '../process/way.ts';

/** Starts PostgreSQL 18 by the first way that applies: `DATABASE_URL`, the programs that npm installed, Docker (`KITH_STACK=docker` forces it). */
export const startPostgres = (options: PostgresOptions): Promise<Postgres> =>
  firstWay('PostgreSQL', [given(options), embeddedPostgres(options), dockerPostgres(options)], options.log);

const given = ({ env = process.env }: PostgresOptions): Way<Postgres> => ({
  name: 'environment',
  async find() {
    const url = env['DATABASE_URL'];
    if (!url) return { reason: 'DATABASE_URL is not set' };
    return {
      async start() {
        await execute(url, 'select 1').catch((error: unknown) => {
          throw new Error('The PostgreSQL of DATABASE_URL does not answer.', { cause: error });
        });
        return { url, pid: undefined, exited: undefined, async [Symbol.asyncDispose]() {} };
      },
    };
  },
});
