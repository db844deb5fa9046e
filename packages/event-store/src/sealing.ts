import { createCipheriv, createDecipheriv, createSecretKey, hash, type KeyObject, randomBytes } from 'node:crypto';

import { Problem } from '@kith/contracts';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A subject's data key as it is stored: encrypted under the key-encryption key called `kek`. */
export type WrappedKey = { readonly kek: string; readonly wrapped: Buffer };

export type Keyring = {
  /** The ids of its key-encryption keys. The first wraps new data keys. */
  readonly names: readonly [string, ...string[]];
  /** A new data key, and its stored form. */
  readonly create: (subject: string) => { key: Buffer; stored: WrappedKey };
  /** Throws the problem `unavailable` where the key-encryption key is not in the ring. */
  readonly unwrap: (subject: string, stored: WrappedKey) => Buffer;
  /** The same data key under the first key-encryption key. */
  readonly rewrap: (subject: string, stored: WrappedKey) => WrappedKey;
};

/** Key-encryption keys of 32 bytes each: the first wraps new data keys, the others still open what they once wrapped. */
export function keyring(keys: readonly Buffer[]): Keyring {
  for (const { length } of keys) {
    if (length !== KEY_BYTES) throw new Error(`An encryption key has ${length} bytes; it must have ${KEY_BYTES}.`);
  }
  // A key's name is its fingerprint, so that rotating means adding one in front.
  // A KeyObject is prepared once; bytes would be at each use.
  const byName = new Map(keys.map((key) => [hash('sha256', key, 'hex').slice(0, 16), createSecretKey(key)]));
  const [current] = byName;
  if (!current) throw new Error('At least one encryption key is needed.');
  const [currentName, currentKey] = current;

  const wrap = (subject: string, key: Buffer): WrappedKey => ({
    kek: currentName,
    wrapped: encrypt(currentKey, subject, key),
  });
  const unwrap = (subject: string, { kek, wrapped }: WrappedKey): Buffer => {
    const key = byName.get(kek);
    if (!key) throw new Problem('unavailable', `The encryption key ${kek} is needed for this and is not configured.`);
    return decrypt(key, subject, wrapped);
  };

  return {
    names: [currentName, ...[...byName.keys()].slice(1)],
    create(subject) {
      const key = randomBytes(KEY_BYTES);
      return { key, stored: wrap(subject, key) };
    },
    unwrap,
    rewrap: (subject, stored) => wrap(subject, unwrap(subject, stored)),
  };
}

/** The place that a sealed value belongs to: it opens nowhere else. */
const place = (stream: string, version: number, type: string) => `${stream}|${version}|${type}`;

export const seal = (key: Buffer, stream: string, version: number, type: string, personal: object): Buffer =>
  encrypt(key, place(stream, version, type), Buffer.from(JSON.stringify(personal)));

export const unseal = (key: Buffer, stream: string, version: number, type: string, sealed: Buffer): object =>
  JSON.parse(decrypt(key, place(stream, version, type), sealed).toString()) as object;

/** iv ‖ tag ‖ ciphertext */
function encrypt(key: Buffer | KeyObject, associated: string, plain: Buffer): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv);
  cipher.setAAD(Buffer.from(associated));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

function decrypt(key: Buffer | KeyObject, associated: string, sealed: Buffer): Buffer {
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(associated));
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
}
