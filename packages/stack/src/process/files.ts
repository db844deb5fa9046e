import { renameSync, writeFileSync } from 'node:fs';
import { access, chmod, mkdir, rename, writeFile } from 'node:fs/promises';

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** A folder that only its owner may look into, also if it is there already and open. */
export async function makeClosedFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
}

/** Writes a file that nobody can meet half written. */
export async function writeWhole(path: string, content: string, mode = 0o644): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, content, { mode });
  await rename(draft, path);
}

/** The same at once, for files that are written again whenever something happens: the last write is the last word. */
export function writeWholeSync(path: string, content: string, mode = 0o644): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content, { mode });
  renameSync(draft, path);
}
