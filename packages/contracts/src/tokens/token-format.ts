import { crc32 } from 'node:zlib';

const PREFIX = 'kith_';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

/** `formatToken` needs twice the bytes it uses: it skips those that would favour a digit (one in 32). */
export const TOKEN_RANDOM_BYTES = 64;

// 256 is no multiple of 62: without this bound the first eight digits would come up more often than the others.
const UNBIASED = 256 - (256 % ALPHABET.length);

/** `kith_`, 32 random base62 digits and their CRC32 in six more: a leaked one is recognised without asking anyone. */
export function formatToken(random: Uint8Array): string {
  const usable = random.filter((byte) => byte < UNBIASED).subarray(0, SECRET_LENGTH);
  // With 64 random bytes this happens once in 2^100 times, so the source is not random.
  if (usable.length < SECRET_LENGTH) throw new RangeError('Not enough randomness for a token.');
  const secret = Array.from(usable, (byte) => digit(byte % ALPHABET.length)).join('');
  return PREFIX + secret + checksum(secret);
}

const SHAPE = new RegExp(`^${PREFIX}([0-9A-Za-z]{${SECRET_LENGTH}})([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`);

/** Whether a text could be one of our tokens. Any other text needs no look-up. */
export function isWellFormedToken(value: string): boolean {
  const [, secret = '', sum] = SHAPE.exec(value) ?? [];
  return sum === checksum(secret);
}

function checksum(secret: string): string {
  let rest = crc32(secret);
  let sum = '';
  while (sum.length < CHECKSUM_LENGTH) {
    sum = digit(rest % ALPHABET.length) + sum;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return sum;
}

const digit = (value: number): string => ALPHABET.charAt(value);
