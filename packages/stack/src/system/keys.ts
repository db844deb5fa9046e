import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { exists, writeWhole } from '../files/files.ts';

export type InstallationKeys = {
  readonly operatorKey: string;
  /** The key by which the services know each other. */
  readonly internalKey: string;
  /** Wraps the contacts' data keys: base64 of 32 bytes. */
  readonly encryptionKey: string;
};

export const newKeys = (): InstallationKeys => ({
  operatorKey: `kith_operator_${randomBytes(24).toString('base64url')}`,
  internalKey: randomBytes(32).toString('base64url'),
  encryptionKey: randomBytes(32).toString('base64'),
});

/** The keys of the first start. */
export async function rememberedKeys(file: string): Promise<InstallationKeys> {
  if (await exists(file)) return JSON.parse(await readFile(file, 'utf8')) as InstallationKeys;
  const keys = newKeys();
  await writeWhole(file, JSON.stringify(keys), 0o600);
  return keys;
}
