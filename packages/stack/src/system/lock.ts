import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { identify, isAlive, type ProcessId } from '../process/process-id.ts';

/** Locks a data folder for this process. Takes over the lock of a dead process. */
export function lockHome(home: string): Disposable {
  mkdirSync(home, { recursive: true });
  const lock = join(home, 'lock');
  const draft = `${lock}.${process.pid}`;
  // The file is linked after it is written, so nobody can read a lock that names no owner.
  writeFileSync(draft, JSON.stringify(identify(process.pid)));
  try {
    while (!linked(draft, lock)) {
      const holder = readHolder(lock);
      if (holder && isAlive(holder)) throw inUse(home, holder);
      if (holder) setAside(lock, holder);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return { [Symbol.dispose]: () => rmSync(lock, { force: true }) };
}

/** Says whether a living process holds the lock. */
export function isHeld(home: string): boolean {
  const holder = readHolder(join(home, 'lock'));
  return holder !== undefined && isAlive(holder);
}

function linked(draft: string, lock: string): boolean {
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if (Error.isError(error) && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when the lock was released meanwhile. */
function readHolder(lock: string): ProcessId | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as ProcessId;
  } catch {
    return undefined;
  }
}

/** Two starts may find the same dead holder. The slower one must not set aside the lock of the faster one. */
function setAside(lock: string, dead: ProcessId): void {
  const aside = `${lock}.${process.pid}.stale`;
  try {
    renameSync(lock, aside);
    const moved = readHolder(aside);
    if (moved && moved.started !== dead.started) linkSync(aside, lock);
  } catch {
    // Another start was faster. The next attempt will see its lock.
  } finally {
    rmSync(aside, { force: true });
  }
}

const inUse = (home: string, { pid }: ProcessId) =>
  new Error(
    `Kith already runs on ${home} (process ${pid}). Stop it (kill ${pid}), or give this one a folder of its own: KITH_HOME=… PORT=… npm start`,
  );
