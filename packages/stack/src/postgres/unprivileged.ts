import { createHash } from 'node:crypto';
import { chmod, chown, cp, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import { exists, makeClosedFolder } from '../files/files.ts';
import { runProgram } from '../process/run-program.ts';

export type User = { readonly uid: number; readonly gid: number };

/** Holds what root owns and an unprivileged user must reach. Root's own home is closed to others (mode 0700). */
export const SHARED_FOLDER = '/var/lib/kith';

/** The user that PostgreSQL must run as. Undefined means our own user; PostgreSQL refuses root, so root gets the system user `postgres`. */
export async function unprivilegedUser(): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  try {
    return await systemUser('postgres');
  } catch {
    await runProgram('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      'postgres',
    ]);
    return systemUser('postgres');
  }
}

async function systemUser(name: string): Promise<User> {
  const [uid, gid] = await Promise.all([runProgram('id', ['-u', name]), runProgram('id', ['-g', name])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

/** Says whether the user can reach this folder or program. We let the kernel answer: file modes alone say nothing of ACLs or mounts. */
export const reaches = (user: User, path: string): Promise<boolean> =>
  runProgram('test', ['-x', path], { ...user, cwd: '/' }).then(
    () => true,
    () => false,
  );

/** A folder that only the user may enter, in place of one that it may not. The same folder always gets the same stand-in. */
export async function standIn(folder: string, { uid, gid }: User): Promise<string> {
  const place = join(SHARED_FOLDER, `${basename(folder)}-${digest(folder)}`);
  await makeOpenFolder(SHARED_FOLDER);
  await makeClosedFolder(place);
  await chown(place, uid, gid);
  return place;
}

/** A copy of a folder of programs that other users may run. Each release has its own name. */
export async function openCopy(folder: string, name: string): Promise<string> {
  const copy = join(SHARED_FOLDER, name);
  if (await exists(copy)) return copy;
  await makeOpenFolder(SHARED_FOLDER);
  const draft = `${copy}.${process.pid}`;
  await cp(folder, draft, { recursive: true, verbatimSymlinks: true });
  await rename(draft, copy).catch(() => rm(draft, { recursive: true })); // Another start has made it meanwhile.
  return copy;
}

async function makeOpenFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
