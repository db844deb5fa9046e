import { renameSync, writeFileSync } from 'node:fs';
import { access, rename, writeFile } from 'node:fs/promises';

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

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
