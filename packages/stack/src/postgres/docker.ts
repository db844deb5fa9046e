import { answering, ifDockerAnswers, namedVolume, startContainer } from '../process/docker.ts';
import { choosePort, LOOPBACK } from '../process/ports.ts';
import type { Postgres, PostgresOptions, Way } from '../process/way.ts';
import { execute } from './database.ts';
import { asArguments, SETTINGS } from './settings.ts';

const IMAGE = 'postgres:18';

export const dockerPostgres = (options: PostgresOptions): Way<Postgres> => ({
  name: 'Docker',
  find: () =>
    ifDockerAnswers(async () => {
      const { volume, secret: password } = await namedVolume(options.folder, 'postgres');
      const port = await choosePort('PostgreSQL', options.port);
      const container = await startContainer(IMAGE, volume, { container: 5432, host: port }, options, (postgres) =>
        postgres
          .withEnvironment({
            POSTGRES_PASSWORD: password,
            POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8',
          })
          .withBindMounts([{ source: volume, target: '/var/lib/postgresql' }])
          .withCommand(['postgres', ...asArguments(options.durable ? SETTINGS : [...SETTINGS, 'fsync=off'])]),
      );
      const url = `postgres://postgres:${password}@${LOOPBACK}:${port}/postgres`;
      return { url, ...(await answering(container, () => execute(url, 'select 1'), options)) };
    }),
});
