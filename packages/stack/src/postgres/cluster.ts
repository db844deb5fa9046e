import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { exists, writeWhole } from '../files/files.ts';
import { commandOf } from '../process/command-of.ts';
import { runProgram } from '../process/run-program.ts';
import type { User } from './unprivileged.ts';
import type { Progress } from '../process/way.ts';

type ClusterOptions = {
  readonly programs: string;
  /** The caller's folder, which keeps the password. */
  readonly folder: string;
  /** Holds the data: the folder itself, or its stand-in. */
  readonly place: string;
  readonly user: User | undefined;
  readonly log: Progress;
  readonly signal: AbortSignal | undefined;
};

/** The data directory and the superuser's password. The first start makes both. */
export async function makeCluster(options: ClusterOptions): Promise<{ data: string; password: string }> {
  const { folder, place, log } = options;
  const data = join(place, 'data');
  const own = join(folder, 'data');
  const secret = join(folder, 'password');
  if (await exists(secret)) {
    if (place !== folder && (await exists(own))) await moveData(own, data);
    if (await exists(data)) return { data, password: await readFile(secret, 'utf8') };
  } else if (await exists(own)) {
    throw new Error(`${own} holds a database, but its password (${secret}) is gone. Put it back, or remove ${folder}.`);
  } else {
    // Somebody removed the folder and only its stand-in is left. They meant to delete the data, so we do.
    await rm(data, { recursive: true, force: true });
  }

  log('PostgreSQL: making an empty cluster');
  const password = randomBytes(24).toString('base64url');
  await writeWhole(secret, password, 0o600);
  await initialise(options, data, password);
  return { data, password };
}

/** Moves the data when the user could once enter the folder and no longer can. An interrupted move starts again. */
async function moveData(from: string, to: string): Promise<void> {
  const [draft, moved] = [`${to}.draft`, `${from}.moved`];
  await Promise.all([to, draft, moved].map((path) => rm(path, { recursive: true, force: true })));
  // `cp` keeps the owner and works between file systems; a rename would not.
  await runProgram('cp', ['-a', from, draft]);
  await rename(draft, to);
  await rename(from, moved);
  await rm(moved, { recursive: true });
}

/** Runs `initdb` in a draft folder and renames it, so that an interrupted start leaves nothing that looks complete. */
async function initialise(
  { programs, place, user, signal }: ClusterOptions,
  data: string,
  password: string,
): Promise<void> {
  const draft = join(place, 'data.draft');
  const passwordFile = join(place, 'initdb.password');
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user) await Promise.all([draft, passwordFile].map((path) => chown(path, user.uid, user.gid)));
    await runProgram(
      join(programs, 'initdb'),
      [
        `--pgdata=${draft}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // Gives the same order on every machine, whatever its locales. Statements ask for the order people expect by `collate "und-x-icu"`.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
      ],
      { ...user, cwd: '/', ...(signal && { signal }) },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, data);
}

/**
 * PostgreSQL takes any living process with the number in a stale `postmaster.pid` for another server on the same data.
 * After a reboot or in a container that number soon belongs to some other program.
 */
export async function clearStalePidFile(data: string): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  if (!(await exists(pidFile))) return;
  const pid = Number.parseInt(await readFile(pidFile, 'utf8'), 10);
  if ((await commandOf(pid))?.includes(data)) {
    throw new Error(`A PostgreSQL (process ${pid}) already runs on ${data}. End it first: kill -INT ${pid}`);
  }
  await rm(pidFile, { force: true });
}
